import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  AbortError,
  type Connection,
  EOFError,
  ManycoreError,
  Pipe,
  SerializationError,
  TimeoutError,
} from '../../../runtime/index.ts';
import * as messages from '../../fixtures/runtime/messages.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';
import { start } from '../processes.ts';

describe('a pipe within one process', () => {
  leavesNothing();

  it('gives what was sent, both ways and in order', async () => {
    const [left, right] = Pipe();
    for (const value of [1, 'two', { three: [3] }, undefined]) await left.send(value);
    await right.send('back');
    assert.deepEqual(
      [await right.recv(), await right.recv(), await right.recv(), await right.recv()],
      [1, 'two', { three: [3] }, undefined],
    );
    assert.equal(await left.recv(), 'back');
  });

  it('sends what a value was at the call', async () => {
    const [left, right] = Pipe<{ n: number }>();
    const value = { n: 1 };
    const sent = left.send(value);
    value.n = 2;
    await sent;
    assert.deepEqual(await right.recv(), { n: 1 });
  });

  it('lets the first only receive and the second only send with `duplex` false', async () => {
    const [receiver, sender] = Pipe<number>(false);
    await sender.send(1);
    assert.equal(await receiver.recv(), 1);
    for (const refused of [receiver.send(1), receiver.sendBytes(Buffer.alloc(1)), sender.recv()])
      assert.match(
        String(await errorOf(refused)),
        /^ManycoreError: this end of the pipe only (sends|receives)$/,
      );
    await assert.rejects(sender.poll(), ManycoreError);
    await assert.rejects(sender.recvBytes(), ManycoreError);
  });

  it('refuses at the call what cannot cross, with its place, and stays whole', async () => {
    const [left, right] = Pipe();
    const [inner] = Pipe();
    assert.throws(
      () => left.send({ items: [{ run: () => {} }] }),
      (error: SerializationError) => {
        assert.equal(error.path, 'value.items[0].run');
        return error instanceof SerializationError;
      },
    );
    assert.throws(() => left.send([inner, Symbol('no')]), SerializationError);
    assert.equal(inner.closed, false);
    await left.send('fine');
    assert.equal(await right.recv(), 'fine');
  });

  it('waits no longer than `timeout`, and not after an abort', async () => {
    const [left, right] = Pipe();
    const abort = new AbortController();
    const aborted = errorOf(right.recv({ signal: abort.signal }));
    abort.abort(new Error('enough'));
    const error = (await aborted) as AbortError;
    assert.ok(error instanceof AbortError && error.name === 'AbortError');
    assert.equal(String(error.cause), 'Error: enough');
    await assert.rejects(right.recv({ signal: AbortSignal.abort() }), AbortError);
    await assert.rejects(right.recv({ timeout: 5 }), TimeoutError);
    await assert.rejects(right.recv({ timeout: 0 }), TimeoutError);
    await assert.rejects(right.recv({ timeout: 'soon' as never }), RangeError);
    // Who gave up took nothing.
    await left.send('kept');
    assert.equal(await right.recv({ timeout: 0 }), 'kept');
  });

  it('serves who waits in the order in which they came', async () => {
    const [left, right] = Pipe<number>();
    const waiting = [right.recv(), right.recv(), right.recv()];
    for (const n of [1, 2, 3]) await left.send(n);
    assert.deepEqual(await Promise.all(waiting), [1, 2, 3]);
  });

  it('tells whether something can be received, and takes nothing', async () => {
    const [left, right] = Pipe();
    assert.deepEqual([await right.poll(), await right.poll(5)], [false, false]);
    const soon = right.poll(10_000);
    await left.send(1);
    assert.deepEqual(
      [await soon, await right.poll(), await right.recv(), await right.poll()],
      [...[true, true, 1], false],
    );
    left.close();
    assert.equal(await right.poll(), true);
  });

  it('ends for the other side when what was sent has been received', async () => {
    const [left, right] = Pipe<number>();
    for (const n of range(3)) await left.send(n);
    left.close();
    const got: number[] = [];
    for await (const n of right) got.push(n);
    assert.deepEqual(got, [0, 1, 2]);
    await assert.rejects(right.recv(), EOFError);
    await assert.rejects(right.recvBytes(), EOFError);
    await assert.rejects(right.send(1), EOFError);
  });

  it('is not used after close(), which a scope does by itself', async () => {
    let seen: Connection | undefined;
    {
      using left = Pipe()[0];
      seen = left;
      const waiting = errorOf(left.recv());
      left.close();
      assert.ok((await waiting) instanceof EOFError);
      left.close();
    }
    assert.equal(seen.closed, true);
    for (const late of [
      seen.recv(),
      seen.send(1),
      seen.poll(),
      seen.recvBytes(),
      seen.sendBytes(Buffer.alloc(1)),
    ])
      await assert.rejects(late, EOFError);
    for await (const _ of seen) assert.fail('something came');
  });

  it('sends bytes as they are, and the part that was asked for', async () => {
    const [left, right] = Pipe();
    const bytes = Buffer.from('0123456789');
    await left.sendBytes(bytes);
    await left.sendBytes(bytes, 7);
    await left.sendBytes(bytes, 2, 3);
    await left.sendBytes(bytes, 10);
    await left.sendBytes(new Uint16Array([1, 2, 3]), 2, 2);
    await left.sendBytes(new Uint8Array([5, 6]).buffer);
    const got = [];
    for (let i = 0; i < 6; i++) got.push(await right.recvBytes());
    assert.deepEqual(got.slice(0, 4).map(String), ['0123456789', '789', '234', '']);
    assert.deepEqual(got.slice(4), [Buffer.from([2, 0]), Buffer.from([5, 6])]);
    for (const [offset, size] of [
      [-1, 1],
      [0, 11],
      [11, 0],
      [0.5, 1],
      [5, -1],
    ])
      assert.throws(() => left.sendBytes(bytes, offset, size), RangeError);
  });

  it('keeps a message that was asked for in the wrong way', async () => {
    const [left, right] = Pipe();
    await left.sendBytes(Buffer.from('bytes'));
    await left.send('value');
    await assert.rejects(right.recv(), /receive it with recvBytes\(\)/);
    await assert.rejects(right.recvBytes(4), /5 bytes, and maxLength is 4/);
    assert.equal(String(await right.recvBytes(5)), 'bytes');
    await assert.rejects(right.recvBytes(), /receive it with recv\(\)/);
    assert.equal(await right.recv(), 'value');
  });

  it('lets who sends wait until there is room', async () => {
    const [left, right] = Pipe<Uint8Array>();
    let sent = 0;
    const sends = (async () => {
      for (let i = 0; i < 10; i++) {
        await left.send(new Uint8Array(400_000));
        sent++;
      }
    })();
    await right.poll(20);
    assert.ok(sent > 0 && sent < 5, `${sent} were sent`);
    for (let i = 0; i < 10; i++) await right.recv();
    await sends;
    const lost = errorOf(left.send(new Uint8Array(2_000_000)));
    right.close();
    assert.ok((await lost) instanceof EOFError);
  });

  it('says of a value that cannot be decoded why, and goes on', async () => {
    const [left, right] = Pipe();
    await left.send(new messages.Fussy('no'));
    await left.send(2);
    await assert.rejects(right.recv(), (error: ManycoreError) => {
      assert.match(error.message, /cannot be decoded: Fussy was made from no/);
      return error.cause instanceof Error;
    });
    assert.equal(await right.recv(), 2);
  });

  it('lets its process end when nobody waits, and when nobody can end the wait', async () => {
    const { code, output } = await start('idle-pipe.ts').ended;
    assert.deepEqual([code, output], [0, 'answered\n']);
  });
});
