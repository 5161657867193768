import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { FramedSocket } from '../../../runtime/queue/framed-socket.ts';
import { bodyOf, FRAME, frameOf } from '../../../runtime/queue/message.ts';
import { leavesNothing } from '../leftovers.ts';
import { range } from '../outcomes.ts';

describe('a socket of frames', () => {
  leavesNothing();
  const folder = mkdtempSync(join(tmpdir(), 'manycore-frames-'));
  after(() => rmSync(folder, { recursive: true }));

  it('gives all that the other side sent before it ended, when writing fails first', async () => {
    const server = createServer().listen(join(folder, 'socket'));
    const client = connect(join(folder, 'socket'));
    const [other] = (await once(server, 'connection')) as [Socket];
    server.close();
    const framed = new FramedSocket(client);
    framed.pause();
    for (const n of range(19)) other.write(frameOf(FRAME.bytes, Buffer.alloc(1000, n)));
    // All of it is in the system before the other side is gone.
    await new Promise<unknown>((resolve) =>
      other.write(frameOf(FRAME.bytes, Buffer.alloc(1000, 19)), resolve),
    );
    other.destroy();
    await once(other, 'close');
    const got: number[] = [];
    framed.onFrame = (frame) => got.push(bodyOf(frame)[0] as number);
    framed.hold(true);
    const ended = new Promise((resolve) => {
      framed.onEnd = resolve;
    });
    const taken = await new Promise((resolve) =>
      framed.write(frameOf(FRAME.bytes, Buffer.alloc(10)), resolve),
    );
    framed.resume();
    await ended;
    assert.equal(taken, false);
    assert.deepEqual(got, range(20));
    framed.end();
  });
});
