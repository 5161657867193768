import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { connect, Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { EOFError, ManycoreError, Pipe } from '../../../runtime/index.ts';
import { familyFolder } from '../../../runtime/process/family.ts';
import { newPair, ticketOf } from '../../../runtime/queue/hub.ts';
import type { Ticket } from '../../../runtime/queue/link.ts';
import { FRAME, frameOf } from '../../../runtime/queue/message.ts';
import { addressInTemporaryFolder, removeDeserted } from '../../../runtime/queue/socket-folder.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf } from '../outcomes.ts';
import { eventually, start } from '../processes.ts';

describe('the hub of the pipes of a process', () => {
  leavesNothing();

  const claim = (ticket: object): Buffer => frameOf(FRAME.claim, Buffer.from(JSON.stringify(ticket)));

  /** What the hub answers until it ends the connection. */
  async function answerTo(...says: Uint8Array[]): Promise<Buffer> {
    const socket: Socket = connect(hub());
    socket.on('error', () => {});
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    for (const bytes of says) socket.write(bytes);
    await once(socket, 'close');
    return Buffer.concat(chunks);
  }

  function hub(): string {
    const [side] = newPair();
    const { hub: address } = ticketOf(side);
    side.close();
    return address;
  }

  it('listens where nobody else of the machine comes', () => {
    const folder = statSync(dirname(hub()));
    assert.deepEqual([folder.mode & 0o777, folder.uid], [0o700, userInfo().uid]);
    assert.equal(dirname(hub()), familyFolder());
  });

  it('cuts off who brings no ticket that it knows', async () => {
    const unknown: Ticket = { hub: '', end: 'f'.repeat(32), hop: 1, nonce: '', issuer: '' };
    for (const says of [
      claim(unknown),
      claim({ end: 7, hop: 'x' }),
      frameOf(FRAME.claim, Buffer.from('no JSON')),
      frameOf(FRAME.value, Buffer.alloc(8)),
      Buffer.from('GET / HTTP/1.1\r\n'.repeat(100)),
      Buffer.from([0, 0, 1, 0, 32, ...Buffer.alloc(2000)]),
    ])
      assert.equal((await answerTo(says)).length, 0);
  });

  it('gives an end to one process only, and not with a ticket of before', async () => {
    const [left, right] = newPair();
    const ticket = ticketOf(left);
    const wrong = { ...ticket, nonce: 'guess' };
    left.leave(ticket);
    right.other.accept({ frame: frameOf(FRAME.bytes, Buffer.from('kept')) });
    const refused = frameOf(FRAME.refused, Buffer.alloc(0));
    assert.deepEqual(await answerTo(claim(wrong)), refused);
    const owner = connect(ticket.hub);
    owner.write(claim(ticket));
    const [first] = (await once(owner, 'data')) as [Buffer];
    assert.equal(String(first.subarray(5)), 'kept');
    assert.deepEqual(await answerTo(claim(ticket)), refused);
    owner.destroy();
    assert.ok(await eventually(() => right.mailbox.isEnded));
    right.close();
  });

  it('lets who comes before the end is free wait, and ends with the process that had it', async () => {
    const [left, right] = newPair();
    const ticket = ticketOf(left);
    left.leave(ticket);
    const owner = connect(ticket.hub);
    owner.write(claim(ticket));
    const early = answerTo(claim({ ...ticket, hop: 2, nonce: 'next' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(right.mailbox.isEnded, false);
    owner.destroy();
    assert.equal((await early).length, 0);
    assert.equal(right.mailbox.isEnded, true);
    right.close();
  });

  it('says who has an end when a message with it is received again', async () => {
    const [here, there] = Pipe();
    const [left, right] = Pipe();
    await left.send(there);
    const first = (await right.recv()) as typeof here;
    await first.send(1);
    assert.equal(await here.recv(), 1);
    first.close();
    assert.ok((await errorOf(first.recv())) instanceof EOFError);
    assert.ok((await errorOf(there.recv())) instanceof ManycoreError);
    here.close();
  });

  it('removes its socket at the end of its process, however it ends', async () => {
    const { output } = await start('hub-address.ts').ended;
    assert.match(output, /manycore/);
    assert.ok(await eventually(() => !existsSync(dirname(output.trim()))));
    const killed = start('hub-address.ts', ['wait']);
    assert.ok(await eventually(() => killed.output().endsWith('\n')), killed.output());
    const address = killed.output().trim();
    assert.equal(existsSync(address), true);
    killed.child.kill('SIGKILL');
    await killed.ended;
    assert.ok(await eventually(() => !existsSync(dirname(address))));
  });

  it('has its socket removed when it let callers in as often as it cut them off', async () => {
    const address = addressInTemporaryFolder();
    const first = `${address}-first`;
    let callers = 0;
    const server = new Server((socket) => {
      if (++callers === 2) server.close();
      setTimeout(() => socket.destroy(), 20);
    }).listen(first);
    await once(server, 'listening');
    // Under another name it stays when the server has closed, as that of a process that was killed.
    linkSync(first, address);
    await removeDeserted(address);
    assert.deepEqual([callers, existsSync(dirname(address))], [2, false]);
  });

  it('finds what a killed process has left where nothing else removes it', async () => {
    const make = (name: string) => {
      const folder = join(tmpdir(), `manycore-${userInfo().uid}-${name}${process.pid}`);
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    };
    const [inUse, left, fresh] = [make('inUse'), make('left'), make('fresh')];
    const { output } = await start('deserted-socket.ts', [join(left, 'socket')]).ended;
    assert.equal(output, '');
    const server = new Server().listen(join(inUse, 'socket'));
    for (const folder of [inUse, left]) utimesSync(folder, 0, 0);
    assert.equal(readdirSync(left).length, 1);
    const mine = dirname(addressInTemporaryFolder());
    assert.ok(await eventually(() => !existsSync(left)));
    assert.deepEqual([existsSync(inUse), existsSync(fresh), existsSync(mine)], [true, true, true]);
    server.close();
    for (const folder of [inUse, fresh, mine]) rmSync(folder, { recursive: true });
  });
});
