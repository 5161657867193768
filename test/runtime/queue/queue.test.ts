import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import {
  AbortError,
  EOFError,
  JoinableQueue,
  ManycoreError,
  Pool,
  type Process,
  Queue,
  QueueEmptyError,
  QueueFullError,
  RawArray,
  SerializationError,
  SimpleQueue,
  UndrainedQueueError,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/queues.ts';
import { eventually, isAsleep } from '../processes.ts';
import { startedHere } from '../started.ts';

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('Queue', () => {
  const { pool, start } = startedHere();

  for (const maxSize of [0, 3])
    it(`gives every item once, in the order of each producer, with ${maxSize === 0 ? 'any number of' : maxSize} places`, async () => {
      const queue = new Queue<tasks.Note>(maxSize);
      const taken = times(2, () => pool.apply(tasks.consume, [queue]));
      await Promise.all(times(2, (producer) => pool.apply(tasks.produce, [queue, producer, 2000])));
      queue.close();
      const lists = await Promise.all(taken);
      for (const list of lists)
        for (const producer of [0, 1]) {
          const numbers = list.filter(([of]) => of === producer).map(([, number]) => number);
          assert.deepEqual(
            numbers,
            numbers.toSorted((a, b) => a - b),
          );
        }
      const all = lists.flat().map(([producer, number]) => producer * 2000 + number);
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        times(4000, (i) => i),
      );
      assert.deepEqual([queue.qsize(), queue.empty()], [0, true]);
    });

  it('wakes the next when one takes an item and goes', async () => {
    const queue = new Queue<number>();
    for (let round = 0; round < 40; round++) {
      const all = times(4, () => pool.apply(tasks.takeOne, [queue]));
      if (round % 2 === 0) await sleep(5);
      for (let i = 0; i < 4; i++) queue.putNoWait(i);
      assert.deepEqual((await Promise.all(all)).toSorted(), [0, 1, 2, 3]);
    }
  });

  for (const when of ['already', 'later'])
    it(`wakes the next, who ${when} waits, when the one in front was woken and killed before it looked`, async () => {
      const queue = new Queue<number>();
      const [taken, waits] = [RawArray('i32', 1), RawArray('i32', 1)];
      const next = async () => {
        const before = Atomics.load(waits, 0);
        const one = await start(tasks.countTaken, [queue, taken, waits]);
        assert.ok(await eventually(() => Atomics.load(waits, 0) > before));
        return one;
      };
      const front = await next();
      await sleep(20);
      process.kill(front.pid as number, 'SIGSTOP');
      let one = when === 'already' ? await next() : undefined;
      await sleep(20);
      // Both go to the one that is stopped.
      queue.putNoWait(1);
      queue.putNoWait(2);
      front.kill();
      await front.join();
      one ??= await next();
      assert.ok(await eventually(() => Atomics.load(taken, 0) === 2), 'two items are left');
      let asleep = 0;
      const sleeps = () => {
        asleep = isAsleep(one.pid as number) ? asleep + 1 : 0;
        return asleep === 5;
      };
      assert.ok(await eventually(sleeps), 'it looks again and again');
      queue.putNoWait(3);
      assert.ok(await eventually(() => Atomics.load(taken, 0) === 3), 'the third item is left');
    });

  it('takes what crosses, of any size, and keeps it when its producer ends', async () => {
    const queue = new Queue<unknown>();
    const items = [
      1,
      'text',
      { a: [new Map([[1, new Date(3)]])] },
      null,
      undefined,
      new Float64Array(500_000).fill(2),
      'x'.repeat(3_000_000),
    ];
    await (await start(tasks.putAll, [queue, items])).join();
    assert.equal(queue.qsize(), items.length);
    for (const item of items) assert.deepEqual(await queue.get(), item);
    // What user code does while a value is made of an item must not find the queue locked.
    const meddling = new tasks.Meddling(queue);
    await queue.put(meddling);
    assert.ok((await queue.get()) instanceof tasks.Meddling);
    assert.equal(await queue.get(), 'from inside');
    const inner = new Queue<number>();
    await queue.put({ inner, fn: tasks.exported });
    const arrived = (await queue.get()) as { inner: Queue<number>; fn: typeof tasks.exported };
    assert.equal(arrived.fn, tasks.exported);
    await arrived.inner.put(7);
    assert.equal(await inner.get(), 7);
  });

  it('grows and shrinks by segments, and leaves none behind', async () => {
    const queue = new Queue<Buffer>();
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 60; i++) await queue.put(Buffer.alloc(50_000, i));
      for (let i = 0; i < 60; i++) assert.deepEqual(await queue.get(), Buffer.alloc(50_000, i));
    }
    for (let i = 0; i < 2000; i++) {
      await queue.put(Buffer.alloc(3000, i));
      assert.equal((await queue.get())[0], i & 255);
    }
  });

  it('is waited for in bounded time, and until a signal', async () => {
    const queue = new Queue<number>(1);
    assert.throws(() => queue.getNoWait(), QueueEmptyError);
    await assert.rejects(queue.get({ timeout: 10 }), QueueEmptyError);
    queue.putNoWait(1);
    assert.equal(queue.full(), true);
    assert.throws(() => queue.putNoWait(2), QueueFullError);
    await assert.rejects(queue.put(2, { timeout: 10 }), QueueFullError);
    const stop = new AbortController();
    const put = queue.put(2, { signal: stop.signal });
    stop.abort();
    await assert.rejects(put, AbortError);
    assert.equal(queue.getNoWait(), 1);
    const gets = [queue.get(), queue.get()];
    await queue.put(3);
    await queue.put(4);
    assert.deepEqual(await Promise.all(gets), [3, 4]);
    const puts = times(3, (i) => queue.put(i));
    assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [0, 1, 2]);
    await Promise.all(puts);
    for (const bad of [-1, 1.5, Number.NaN]) assert.throws(() => new Queue(bad), RangeError);
  });

  it('refuses at the call what cannot cross, and stays whole', async () => {
    const queue = new Queue<unknown>();
    await queue.put(1);
    for (let i = 0; i < 20; i++) {
      assert.throws(() => queue.put({ fn: () => 1 }), SerializationError);
      assert.throws(() => queue.putNoWait({ p: Promise.resolve() }), SerializationError);
    }
    await queue.put(2);
    assert.deepEqual([await queue.get(), await queue.get(), queue.qsize()], [1, 2, 0]);
  });

  it('ends when it is closed and drained', async () => {
    const queue = new Queue<number>(2);
    await assert.rejects(queue.joinThread(), ManycoreError);
    await queue.put(1);
    await queue.put(2);
    const late = queue.put(3);
    queue.close();
    await assert.rejects(late, ManycoreError);
    assert.throws(() => queue.put(4), ManycoreError);
    await assert.rejects(queue.joinThread(), UndrainedQueueError);
    queue.cancelJoinThread();
    await queue.joinThread();
    const left: number[] = [];
    for await (const item of queue) left.push(item);
    assert.deepEqual(left, [1, 2]);
    await assert.rejects(queue.get(), EOFError);
    assert.throws(() => queue.getNoWait(), EOFError);
    const waiting = new Queue<number>();
    const get = waiting.get();
    waiting.close();
    await assert.rejects(get, EOFError);
  });

  it('loses nothing but what the dead held when those who use it are killed', async () => {
    const [from, to] = [new Queue<number>(), new Queue<number>()];
    const count = 4000;
    for (let i = 0; i < count; i++) await from.put(i);
    const kills = 12;
    const taken = new Set<number>();
    const running: Process[] = [];
    const add = async () => running.push(await start(tasks.shuffle, [from, to]));
    for (let i = 0; i < 3; i++) await add();
    for (let i = 0; i < kills; i++) {
      await sleep(20);
      const victim = running.shift();
      victim?.kill();
      await victim?.join();
      await add();
    }
    assert.ok(await eventually(() => from.empty()));
    while (to.qsize() > 0) taken.add(to.getNoWait());
    await sleep(50);
    while (to.qsize() > 0) {
      const item = to.getNoWait();
      assert.ok(!taken.has(item), 'an item came twice');
      taken.add(item);
    }
    assert.ok(taken.size >= count - kills, `${count - taken.size} lost with ${kills} kills`);
  });
});

/** The count of an end (0: it is read, 1: it is written) as one leaves it that is killed after it moved the end and before it counted. */
function miscount({ parts }: Queue<number>, end: 0 | 1): void {
  const [PASSED, ABANDONED] = [16 + 16 * end + 3, 3];
  parts.words[PASSED] = (parts.words[PASSED] as number) - 1;
  parts.locks[end].words[ABANDONED] = 1;
}

describe('the counts of a queue that a process left behind', () => {
  it('are mended, and who waits for the room that there is gets it', async () => {
    const queue = new Queue<number>(1);
    queue.putNoWait(1);
    queue.getNoWait();
    miscount(queue, 0);
    const put = queue.put(7, { timeout: 20_000 });
    assert.equal(await queue.get({ timeout: 20_000 }), 7);
    await put;
  });

  it('are mended, and every item can be reported finished', async () => {
    const queue = new JoinableQueue<number>();
    queue.putNoWait(1);
    miscount(queue, 1);
    queue.putNoWait(2);
    assert.deepEqual([queue.getNoWait(), queue.getNoWait()], [1, 2]);
    queue.taskDone();
    queue.taskDone();
    await queue.join();
  });
});

describe('JoinableQueue', () => {
  it('is joined when everything that was put is finished', async () => {
    await using pool = new Pool(2);
    const [queue, results] = [new JoinableQueue<number>(), new SimpleQueue<number>()];
    await queue.join();
    const workers = times(2, () => pool.apply(tasks.work, [queue, results]));
    for (let i = 0; i < 200; i++) await queue.put(i);
    await queue.join();
    const squares = await Promise.all(times(200, () => results.get()));
    assert.deepEqual(
      squares.toSorted((a, b) => a - b),
      times(200, (i) => i * i),
    );
    for (const _ of workers) await queue.put(-1);
    await Promise.all(workers);
    assert.throws(() => queue.taskDone(), ManycoreError);
    results.close();
    assert.throws(() => results.get(), ManycoreError);
  });
});
