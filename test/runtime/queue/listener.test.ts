import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import {
  type Address,
  AuthenticationError,
  type Connection,
  connect,
  EOFError,
  Listener,
  Pipe,
  Pool,
} from '../../../runtime/index.ts';
import { FramedSocket } from '../../../runtime/queue/framed-socket.ts';
import { examine } from '../../../runtime/queue/handshake.ts';
import * as messages from '../../fixtures/runtime/messages.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';
import { child, receiveAll } from './children.ts';

const authKey = 'a key of the test';
const loopback: Address = ['127.0.0.1', 0];

describe('a listener', () => {
  leavesNothing();
  const folder = mkdtempSync(join(tmpdir(), 'manycore-listener-'));
  after(() => rmSync(folder, { recursive: true }));

  async function pair(listener: Listener): Promise<[Connection, Connection]> {
    return Promise.all([listener.accept(), connect(listener.address, { authKey })]);
  }

  it('accepts another process on a port that the system chose', async () => {
    using listener = new Listener(loopback, { authKey });
    await using pool = new Pool(1);
    const visitor = pool.applyAsync(messages.visit, [listener.address, authKey]);
    using guest = await listener.accept<string>();
    assert.equal(Number(await guest.recv()), pool.workers[0]?.pid);
    await guest.send('welcome');
    assert.equal(await visitor, 'welcome');
    const [host, port] = listener.address as readonly [string, number];
    assert.ok(host === '127.0.0.1' && port > 0);
    assert.deepEqual((listener.lastAccepted as readonly unknown[])[0], '127.0.0.1');
  });

  it('accepts on a path, whose file is there for as long as it listens', async () => {
    const path = join(folder, 'socket');
    {
      using listener = new Listener(path, { authKey });
      assert.deepEqual([listener.address, listener.lastAccepted, existsSync(path)], [path, null, true]);
      const [guest, client] = await pair(listener);
      assert.equal(listener.lastAccepted, '');
      // It stays open when the listener does not.
      listener.close();
      await client.send(new Date(0));
      assert.deepEqual(await guest.recv(), new Date(0));
      client.close();
      assert.deepEqual(await receiveAll(guest), []);
    }
    assert.equal(existsSync(path), false);
  });

  it('carries large messages both ways at once', async () => {
    using listener = new Listener(['localhost', 0], { authKey });
    assert.equal(listener.address[0], '127.0.0.1');
    const [guest, client] = await pair(listener);
    const bytes = randomBytes(64_000_000);
    const [, , left, right] = await Promise.all([
      guest.sendBytes(bytes),
      client.sendBytes(bytes),
      guest.recvBytes(),
      client.recvBytes(),
    ]);
    assert.ok(left.equals(bytes) && right.equals(bytes));
    guest.close();
    client.close();
  });

  it('gives EOFError after what was sent before, also when this side sends meanwhile', async () => {
    using listener = new Listener(loopback, { authKey });
    const [guest, client] = await pair(listener);
    for (const n of range(1000)) void guest.send(n);
    await guest.send(1000);
    guest.close();
    void errorOf(client.send('too late'));
    void errorOf(client.send('too late'));
    assert.deepEqual(await receiveAll(client), range(1001));
    await assert.rejects(client.recv(), EOFError);
    client.close();
  });

  it('throws the error of the system for an address that cannot be had, at the call', () => {
    using listener = new Listener(loopback, { authKey });
    const path = join(folder, 'taken');
    writeFileSync(path, '');
    for (const [address, code] of [
      [listener.address, 'EADDRINUSE'],
      [path, 'EADDRINUSE'],
      [join(folder, 'no', 'folder'), 'EACCES'],
      [['192.0.2.1', 0], 'EADDRNOTAVAIL'],
      [['no-such-host.invalid', 0], 'ENOTFOUND'],
    ] as const)
      assert.throws(
        () => new Listener(address, { authKey }),
        (error: NodeJS.ErrnoException) => error.code === code || error.code === 'EAI_AGAIN',
      );
    assert.ok(existsSync(path));
  });

  it('listens on the address of a host by its name', () => {
    using listener = new Listener([hostname(), 0], { authKey });
    assert.notEqual(listener.address[0], hostname());
  });

  it('refuses what is no address, no key and no backlog', () => {
    for (const address of ['', ['localhost'], ['localhost', 'http'], ['localhost', 65_536], 7, null])
      assert.throws(() => new Listener(address as never, { authKey }), /an address is|a port is/);
    for (const options of [undefined, {}, { authKey: '' }, { authKey: 7 }])
      assert.throws(() => new Listener(loopback, options as never), /^TypeError: authKey must/);
    for (const backlog of [0, 1.5, '3'])
      assert.throws(() => new Listener(loopback, { authKey, backlog: backlog as number }), RangeError);
  });

  it('ends the wait to accept with EOFError when it is closed', async () => {
    const listener = new Listener(loopback, { authKey });
    const waiting = errorOf(listener.accept());
    const never = errorOf(connect(listener.address, { authKey: 'wrong' }));
    listener.close();
    listener.close();
    assert.ok((await waiting) instanceof EOFError);
    await assert.rejects(listener.accept(), EOFError);
    assert.ok((await never) instanceof Error);
    await assert.rejects(connect(listener.address, { authKey }), { code: 'ECONNREFUSED' });
    await assert.rejects(connect(join(folder, 'nobody'), { authKey }), { code: 'ENOENT' });
  });

  it('lets as many wait as its backlog says; the others wait in their connect()', async () => {
    using listener = new Listener(loopback, { authKey, backlog: 2 });
    let entered = 0;
    const clients = range(4).map(async (n) => {
      const client = await connect<number>(listener.address, { authKey });
      entered++;
      await client.send(n);
      return client;
    });
    await Promise.all([...clients].slice(0, 2).map((_, i) => Promise.race(clients.slice(i))));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(entered, 2);
    const guests = [];
    for (let i = 0; i < 4; i++) guests.push(await listener.accept<number>());
    const got = await Promise.all(guests.map((guest) => guest.recv()));
    assert.deepEqual(got.sort(), [0, 1, 2, 3]);
    for (const end of [...guests, ...(await Promise.all(clients))]) end.close();
  });

  it('sends its connections on to other processes', async () => {
    const [here, there] = Pipe();
    await using _server = child(messages.serve, there, authKey);
    const address = (await here.recv()) as Address;
    const client = await connect<number>(address, { authKey });
    for (const n of [1, 2]) await client.send(n);
    const guest = (await here.recv()) as Connection;
    await client.send(3);
    assert.deepEqual([await guest.recv(), await guest.recv(), await guest.recv()], [1, 2, 3]);
    await guest.send('back');
    assert.equal(await client.recv(), 'back');
    client.close();
    await assert.rejects(guest.recv(), EOFError);
    guest.close();
    here.close();
  });
});

describe('the handshake of a listener', () => {
  leavesNothing();

  it('refuses another key on both sides, and goes on', async () => {
    using listener = new Listener(loopback, { authKey });
    for (const wrong of ['another key', Buffer.from('a key of the tesT'), `${authKey}!`]) {
      const [accepted, connected] = await Promise.all([
        errorOf(listener.accept()),
        errorOf(connect(listener.address, { authKey: wrong })),
      ]);
      assert.ok(accepted instanceof AuthenticationError, String(accepted));
      assert.ok(connected instanceof AuthenticationError, String(connected));
    }
    const [guest, client] = await Promise.all([
      listener.accept(),
      connect(listener.address, { authKey: Buffer.from(authKey) }),
    ]);
    client.close();
    guest.close();
  });

  it('is not held up by strangers that say nothing, too much or nonsense', async () => {
    using listener = new Listener(loopback, { authKey });
    const strangers: Socket[] = [];
    const stranger = async (...says: Uint8Array[]) => {
      const socket = connectSocket({ host: '127.0.0.1', port: listener.address[1] as number });
      socket.on('error', () => {});
      strangers.push(socket);
      await once(socket, 'connect');
      for (const bytes of says) socket.write(bytes);
      socket.resume();
      return socket;
    };
    for (let i = 0; i < 100; i++) await stranger();
    const cut = await Promise.all([
      stranger(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10))),
      stranger(Buffer.from([255, 255, 255, 0, 17]), randomBytes(100_000)),
      stranger(Buffer.from([1, 0, 0, 0, 18])),
      stranger(Buffer.from([65, 0, 0, 0, 1]), randomBytes(64)),
      stranger(Buffer.from([255, 255, 255, 255, 1])),
    ]);
    const [guest, client] = await Promise.all([listener.accept(), connect(listener.address, { authKey })]);
    await Promise.all(cut.map((socket) => socket.closed || once(socket, 'close')));
    client.close();
    guest.close();
    for (const socket of strangers) socket.destroy();
  });

  it('is limited in time', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const client = connectSocket({ host: '127.0.0.1', port }).resume();
    const [socket] = (await once(server, 'connection')) as [Socket];
    const closed = once(client, 'close');
    assert.equal(await examine(new FramedSocket(socket), Buffer.from(authKey), 10), undefined);
    await closed;
    server.close();
  });

  it('tells a client that something else listens', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.6 and more that is longer than a frame');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await assert.rejects(connect(['127.0.0.1', port], { authKey }), AuthenticationError);
    server.close();
  });

  it('does not take its own answer for a proof', async () => {
    // An impostor sends what the client says back to it.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(Buffer.concat([Buffer.from([33, 0, 0, 0, 16]), Buffer.alloc(32, 1)]));
      socket.once('data', (answer) => {
        socket.end(Buffer.concat([Buffer.from([33, 0, 0, 0, 18]), answer.subarray(5, 37)]));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await assert.rejects(connect(['127.0.0.1', port], { authKey }), AuthenticationError);
    server.close();
  });
});
