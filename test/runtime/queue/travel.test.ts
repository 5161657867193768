import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { describe, it } from 'mocha';
import {
  type Connection,
  EOFError,
  Pipe,
  Pool,
  Process,
  SerializationError,
} from '../../../runtime/index.ts';
import { removeDeserted } from '../../../runtime/queue/socket-folder.ts';
import * as messages from '../../fixtures/runtime/messages.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';
import { eventually } from '../processes.ts';
import { child, hubsOf, receiveAll } from './children.ts';

describe('an end of a pipe', () => {
  leavesNothing();

  it('goes to a child as an argument, and finds there what was sent before', async () => {
    const [here, there] = Pipe();
    await here.send('early');
    await using _echo = child(messages.echo, there);
    await here.send('late');
    assert.deepEqual([await here.recv(), await here.recv()], ['early', 'late']);
    here.close();
    await _echo.join();
    assert.equal(_echo.exitCode, 0);
  });

  it('is closed here from then on, and says so', async () => {
    const [here, there] = Pipe();
    await using _echo = child(messages.echoInside, { ends: [there] });
    assert.equal(there.closed, true);
    for (const use of [there.send(1), there.recv(), there.poll(), there.sendBytes(Buffer.alloc(1))])
      assert.match(String(await errorOf(use)), /^ManycoreError: this end .* was sent to another process/);
    there.close();
    assert.throws(() => here.send(there), SerializationError);
    await here.send('still there');
    assert.equal(await here.recv(), 'still there');
    here.close();
  });

  it('stays here while somebody waits on it, and when what it was sent with is refused', async () => {
    const [here, there] = Pipe();
    const waiting = there.recv();
    assert.throws(() => here.send(there), /somebody still waits/);
    await here.send(1);
    assert.equal(await waiting, 1);
    assert.throws(() => new Process({ target: messages.echo, args: [there, Symbol('no')] as never }).start());
    await there.send(2);
    assert.equal(await here.recv(), 2);
  });

  it('goes to a task of a pool and comes back as its result, with what was not received there', async () => {
    await using pool = new Pool(1);
    const [here, there] = Pipe<number>();
    for (const n of range(5)) await here.send(n);
    const [first, back] = await pool.apply(messages.takeSome, [there, 2]);
    assert.deepEqual(first, [0, 1]);
    await here.send(5);
    const [second, again] = await pool.apply(messages.takeSome, [back, 1]);
    assert.deepEqual(second, [2]);
    const last = again as Connection<number>;
    assert.deepEqual([await last.recv(), await last.recv(), await last.recv()], [3, 4, 5]);
    await last.send(6);
    assert.equal(await here.recv(), 6);
    last.close();
    await assert.rejects(here.recv(), EOFError);
  });

  it('comes back with what was still on its way to it', async () => {
    await using pool = new Pool(1);
    const [here, there] = Pipe<Buffer>();
    const returned = pool.apply(messages.takeSome, [there, 1]);
    const sends = range(60).map((n) => here.send(Buffer.alloc(100_000, n)));
    const [, back] = await returned;
    for (let n = 1; n < 60; n++) assert.equal((await (back as Connection<Buffer>).recv())[0], n);
    await Promise.all(sends);
    here.close();
    back.close();
  });

  it('is made in a worker and given to its parent', async () => {
    await using pool = new Pool(1);
    const end = await pool.apply(messages.makePipe, ['hello']);
    assert.equal(await end.recv(), 'hello');
    await end.send([1, 2]);
    assert.deepEqual(await end.recv(), [1, 2]);
    end.close();
  });

  it('goes inside a message of another pipe, twice', async () => {
    const [here, there] = Pipe();
    const [toFirst, first] = Pipe();
    const [fromFirst, second] = Pipe<Connection>();
    await here.send('before');
    await using _one = child(messages.passOn, first, fromFirst as Connection);
    await using _two = child(messages.echoWhatComes, second);
    await toFirst.send(there);
    await here.send('after');
    assert.deepEqual([await here.recv(), await here.recv()], ['before', 'after']);
    here.close();
    toFirst.close();
    await _two.join();
    assert.equal(_two.exitCode, 0);
  });

  it('is received within the process that sent it', async () => {
    const [here, there] = Pipe<string>();
    const [left, right] = Pipe<Connection<string>>();
    await here.send('one');
    await left.send(there);
    const back = await right.recv();
    await back.send('two');
    assert.deepEqual([await back.recv(), await here.recv()], ['one', 'two']);
    back.close();
    await assert.rejects(here.recv(), EOFError);
  });

  it('is in one process at a time', async () => {
    await using pool = new Pool(1);
    const [here, there] = Pipe();
    assert.throws(() => here.send([there, new Map([[1, () => {}]])]), SerializationError);
    const both = pool.starmapAsync(messages.takeSome, [
      [there, 0],
      [there, 0],
    ]);
    await assert.rejects(Promise.resolve(both), SerializationError);
    here.close();
  });

  it('connects two children through the process that made the pipe', async () => {
    assert.deepEqual(await messages.introduce(300), [0, 0]);
  });

  it('carries 20,000 small messages each way at once, in order', async () => {
    const [here, there] = Pipe<number>();
    await using other = child(messages.count, there, 20_000);
    assert.equal(await messages.count(here, 20_000), 'in order');
    await other.join();
    assert.equal(other.exitCode, 0);
  });

  it('carries 64 MB in one message, both ways', async () => {
    const [here, there] = Pipe();
    await using _echo = child(messages.echo, there);
    const bytes = new Uint8Array(64_000_000).fill(7);
    bytes[63_999_999] = 1;
    await here.send(bytes);
    const back = (await here.recv()) as Uint8Array;
    assert.ok(Buffer.from(back.buffer, back.byteOffset, back.length).equals(bytes));
    here.close();
  });

  it('carries functions by reference', async () => {
    const [here, there] = Pipe();
    await using _other = child(messages.callWhatComes, there);
    await here.send(messages.double);
    assert.equal(await here.recv(), 42);
  });
});

describe('the end of a process with an end of a pipe', () => {
  leavesNothing();

  it('gives the other end EOFError after what was sent before, also after SIGKILL', async () => {
    for (const target of [messages.sendThenDie, messages.closeAfter]) {
      const [here, there] = Pipe();
      await using _other = child(target, there, 1000);
      assert.deepEqual(await receiveAll(here), range(1000));
      await assert.rejects(here.recv(), EOFError);
      await assert.rejects(here.send(1), EOFError);
    }
  });

  it('loses nothing of what was sent before when this end sends meanwhile', async () => {
    const [here, there] = Pipe();
    await using other = child(messages.closeAfter, there, 1000);
    await other.join();
    // The child is gone, and what it sent was not read yet: sending fails first.
    void errorOf(here.send('too late'));
    assert.deepEqual(await receiveAll(here), range(1000));
  });

  it('drops a message of which only a part has come', async () => {
    const [here, there] = Pipe();
    await using _other = child(messages.dieInMessage, there, 100_000_000);
    assert.equal(await here.recv(), 'before');
    await assert.rejects(here.recvBytes(), EOFError);
  });

  it('ends the wait to send to it', async () => {
    const [here, there] = Pipe();
    await using other = child(messages.hold, there);
    const waiting = errorOf(here.sendBytes(Buffer.alloc(30_000_000)));
    await here.recv();
    other.kill();
    assert.ok((await waiting) instanceof EOFError);
  });

  it('ends an end that it was given and never took', async () => {
    const [here, there] = Pipe();
    await using _other = child(messages.missing, there);
    await assert.rejects(here.recv(), EOFError);
  });

  it('ends the end that another child has, when both children have one', async () => {
    const [left, right] = Pipe();
    const [here, there] = Pipe();
    await using one = child(messages.echo, left);
    await using _two = child(messages.passOn, right, there);
    one.kill();
    await one.join();
    await assert.rejects(here.recv(), EOFError);
  });

  it('ends all ends of the pipes that it made', async () => {
    await using pool = new Pool(1);
    const end = await pool.apply(messages.makePipe, ['hello']);
    await end.recv();
    const pid = pool.workers[0]?.pid ?? 0;
    assert.equal(hubsOf(pid).length, 1);
    await pool.terminate();
    await assert.rejects(end.recv(), EOFError);
    await assert.rejects(end.send(1), EOFError);
    // The worker was killed: its socket is removed by who had an end of its pipe.
    assert.ok(await eventually(() => hubsOf(pid).length === 0));
  });

  it('leaves no socket when it let a last caller in', async () => {
    await using pool = new Pool(1);
    const end = await pool.apply(messages.makePipe, ['hello']);
    end.close();
    const pid = pool.workers[0]?.pid ?? 0;
    const [address = ''] = hubsOf(pid);
    process.kill(pid, 'SIGSTOP');
    const removed = removeDeserted(address);
    // The system has let the caller in by now, in the name of the process.
    await setTimeout(100);
    process.kill(pid, 'SIGKILL');
    await removed;
    assert.deepEqual(hubsOf(pid), []);
  });
});
