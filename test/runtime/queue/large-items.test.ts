import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { ManycoreError, type Process, Queue, SerializationError } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/queues.ts';
import { ownSegments } from '../memory/shm.ts';
import { eventually } from '../processes.ts';
import { startedHere } from '../started.ts';

/** Bytes of an item that has pages of its own. */
const LARGE = 100_000;
/** Pages that a queue keeps for the next items, at most. */
const KEPT = 32;

const item = (i: number): Buffer => Buffer.alloc(LARGE, i);

describe('large items of a queue', () => {
  const { start } = startedHere();

  it('use the same pages again and again', async () => {
    const queue = new Queue<Buffer>();
    await queue.put(item(0));
    await queue.get();
    const before = ownSegments().length;
    for (let i = 0; i < 50; i++) {
      await queue.put(item(i));
      await queue.put(item(i + 1));
      assert.deepEqual([await queue.get(), queue.getNoWait()], [item(i), item(i + 1)]);
    }
    assert.ok(ownSegments().length <= before + 1, `${ownSegments().length} files instead of ${before}`);
  });

  it('leave no more pages than are kept when many were in the queue, whatever their sizes', async () => {
    const queue = new Queue<Buffer>();
    const before = ownSegments().length;
    for (const size of [LARGE, 20 * LARGE, LARGE]) {
      for (let i = 0; i < 60; i++) queue.putNoWait(Buffer.alloc(size, i));
      for (let i = 0; i < 60; i++) assert.deepEqual(await queue.get(), Buffer.alloc(size, i));
    }
    assert.ok(ownSegments().length <= before + KEPT + 2, `${ownSegments().length - before} files`);
  });

  it('may grow while they are encoded, and take no pages when they cannot cross or find no room', async () => {
    const queue = new Queue<unknown>(1);
    const grown = Array.from({ length: 12 }, (_, i) => new Float64Array(2 ** i * 100).fill(i));
    queue.putNoWait({ grown, map: new Map([[1, item(1)]]) });
    assert.deepEqual(await queue.get(), { grown, map: new Map([[1, item(1)]]) });
    queue.putNoWait(grown);
    const before = ownSegments().length;
    for (let i = 0; i < 40; i++) {
      assert.throws(() => queue.put({ bytes: item(i), fn: () => 1 }), SerializationError);
      assert.throws(() => queue.putNoWait(item(i)));
      await assert.rejects(queue.put(item(i), { timeout: 0 }));
    }
    assert.ok(ownSegments().length <= before + 2, `${ownSegments().length - before} files`);
    assert.deepEqual(await queue.get(), grown);
    const late = queue.put(item(7));
    queue.close();
    await late;
    assert.deepEqual(await queue.get(), item(7));
  });

  it('stay when they need a module that is not there yet', async () => {
    const queue = new Queue<unknown>();
    await (await start(tasks.putForeign, [queue, LARGE])).join();
    assert.throws(() => queue.getNoWait(), ManycoreError);
    assert.equal(queue.qsize(), 1);
    const { fn, bytes } = (await queue.get()) as { fn: (n: number) => number; bytes: Buffer };
    assert.deepEqual([fn(1), bytes], [2, item(1)]);
  });

  it('are whole and come once when those who use them are killed', async () => {
    const [from, to] = [new Queue<Buffer>(), new Queue<Buffer>()];
    const count = 250;
    for (let i = 0; i < count; i++) from.putNoWait(item(i));
    const kills = 10;
    const running: Process[] = [];
    const add = async () => running.push(await start(tasks.shuffle, [from, to]));
    for (let i = 0; i < 3; i++) await add();
    const taken = new Set<number>();
    const take = () => {
      while (to.qsize() > 0) {
        const bytes = to.getNoWait();
        const i = bytes[0] as number;
        assert.deepEqual(bytes, item(i));
        assert.ok(!taken.has(i), 'an item came twice');
        taken.add(i);
      }
    };
    for (let i = 0; i < kills; i++) {
      await sleep(15);
      take();
      const victim = running.shift();
      victim?.kill();
      await victim?.join();
      await add();
    }
    assert.ok(
      await eventually(() => {
        take();
        return from.empty() && taken.size >= count - kills;
      }),
      `${count - taken.size} lost with ${kills} kills`,
    );
  });
});
