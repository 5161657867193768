import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import {
  AbortError,
  itemIndexOf,
  ManycoreError,
  Pool,
  PoolClosedError,
  TimeoutError,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { eventually, livingWorkers } from '../processes.ts';

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('Pool', () => {
  const pool = new Pool(2, { name: 'shared' });
  after(async () => {
    await pool.terminate();
    assert.deepEqual(livingWorkers(), []);
  });

  it('maps in input order', async () => {
    assert.deepEqual(await pool.map(tasks.square, range(1000)), range(1000).map(tasks.square));
    assert.deepEqual(await pool.map(tasks.square, []), []);
    assert.deepEqual(await pool.map(tasks.square, new Set([3, 2]), 1), [9, 4]);
  });

  it('ends calls without items at once, also as its first', async () => {
    await using fresh = new Pool(1);
    assert.deepEqual(await fresh.map(tasks.square, []), []);
    assert.deepEqual(await fresh.mapAsync(tasks.identity, new Set()), []);
    assert.deepEqual(await collect(fresh.imap(tasks.square, [])), []);
    assert.deepEqual(await collect(fresh.imapUnordered(tasks.square, (function* () {})())), []);
  });

  it('spreads tuples and applies arguments', async () => {
    assert.deepEqual(
      await pool.starmap(tasks.add, [
        [1, 2],
        [3, 4],
      ]),
      [3, 7],
    );
    assert.equal(await pool.apply(tasks.add, [2, 5]), 7);
    assert.notEqual(await pool.apply(tasks.pid), process.pid);
  });

  it('tells a child that it is one', async () => {
    const { isMainProcess, name, parent } = await pool.apply(tasks.whoAmI);
    assert.deepEqual([isMainProcess, name.startsWith('shared-'), parent], [false, true, process.pid]);
  });

  it('rejects with the error of the lowest index after all tasks ended, and says which', async () => {
    const ended: (number | undefined)[] = [];
    const listener = ({ itemIndex }: { itemIndex: number | undefined }) => ended.push(itemIndex);
    pool.on('task', listener);
    const error = await pool.map(tasks.failOdd, range(40)).catch((thrown: unknown) => thrown);
    pool.off('task', listener);
    assert.ok(error instanceof tasks.OrderError);
    assert.deepEqual([error.orderId, itemIndexOf(error), ended.length], [1, 1, 40]);
    assert.ok(error.cause instanceof RangeError);
  });

  it('shows the frames of the worker in TypeScript lines, then those of the caller', async () => {
    const error = await pool.map(tasks.failOn7, range(9)).catch((thrown: unknown) => thrown as Error);
    assert.ok(error instanceof TypeError);
    const frames = (error.stack ?? '').split('\n').slice(1);
    assert.match(frames[0] ?? '', /failOn7 .*tasks\.ts:\d+:\d+/);
    assert.match(frames.at(1) ?? '', /pool\.test\.ts:\d+/);
  });

  it('streams in input order and in the order of completion', async () => {
    const items = [{ n: 0, ms: 80 }, ...range(20).map((n) => ({ n: n + 1, ms: 0 }))];
    assert.deepEqual(await collect(pool.imap(tasks.slowOn, items)), range(21));
    const byEnd = await collect(pool.imapUnordered(tasks.slowOn, items));
    assert.equal(byEnd.at(-1), 0);
    assert.deepEqual(
      byEnd.toSorted((a, b) => a - b),
      range(21),
    );
  });

  it('throws at the place of the failed item and goes on', async () => {
    const stream = pool.imap(tasks.failOn7, range(9));
    const seen: unknown[] = [];
    for (let ended = false; !ended; ) {
      try {
        const result = await stream.next();
        ended = result.done === true;
        if (!ended) seen.push(result.value);
      } catch (error) {
        seen.push(`error ${itemIndexOf(error)}`);
      }
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 'error 7', 8]);
  });

  it('reads an endless input no further than the window, and frees it when left', async () => {
    let read = 0;
    let closed = false;
    function* endless() {
      try {
        for (;;) yield read++;
      } finally {
        closed = true;
      }
    }
    for await (const value of pool.imap(tasks.square, endless(), { bufferSize: 50 })) if (value >= 100) break;
    assert.ok(closed);
    assert.ok(read <= 11 + 50, `read ${read}`);
    assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
  });

  it('takes slow asynchronous input as it comes', async () => {
    async function* slowly() {
      for (const n of range(5)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield n;
      }
    }
    assert.deepEqual(await pool.map(tasks.square, slowly()), [0, 1, 4, 9, 16]);
  });

  it('gives what came before an input that throws, then throws it, and stays usable', async () => {
    function* broken() {
      yield 1;
      yield 2;
      throw new Error('broken input');
    }
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const value of pool.imap(tasks.square, broken())) seen.push(value);
    }, /broken input/);
    assert.deepEqual(seen, [1, 4]);
    await assert.rejects(pool.map(tasks.square, broken()), /broken input/);
    assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
  });

  it('fails only the task that ran out of time, and asks it first', async () => {
    const [slow, fast] = await Promise.allSettled([
      pool.apply(tasks.slow, [60_000], { timeout: 60 }),
      pool.map(tasks.square, range(100)),
    ]);
    assert.ok(slow.status === 'rejected' && slow.reason instanceof TimeoutError);
    assert.equal(fast.status, 'fulfilled');
    const late = await pool
      .map(tasks.slow, [1, 60_000, 2], { timeout: 100 })
      .catch((error: unknown) => error);
    assert.ok(late instanceof TimeoutError);
    assert.deepEqual([late.itemIndex, itemIndexOf(late)], [1, 1]);
  });

  it('ends what an aborted call runs, even a busy loop, and nothing else', async () => {
    const controller = new AbortController();
    const neighbour = pool.map(tasks.slow, [700, 1, 2]);
    const aborted = pool.apply(tasks.forever, [], { signal: controller.signal });
    await eventually(() => pool.workers.filter(({ state }) => state === 'working').length === 2);
    controller.abort(new Error('enough'));
    const error = await aborted.catch((thrown: unknown) => thrown as Error);
    assert.ok(error instanceof AbortError);
    assert.deepEqual([error.name, (error.cause as Error).message], ['AbortError', 'enough']);
    assert.deepEqual(await neighbour, [700, 1, 2]);
  });

  it('lets a task that listens stop by itself and keeps its worker', async () => {
    await using single = new Pool(1);
    const before = await single.apply(tasks.pid);
    await assert.rejects(single.apply(tasks.untilAsked, [], { timeout: 30 }), TimeoutError);
    assert.equal(await single.apply(tasks.pid), before);
  });

  it('prefers calls of higher priority', async () => {
    await using single = new Pool(1);
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const first = single.apply(tasks.slow, [50]).then(note('first'));
    await eventually(() => single.workers[0]?.state === 'working');
    await Promise.all([
      first,
      single.apply(tasks.slow, [1], { priority: 1 }).then(note('low')),
      single.apply(tasks.slow, [1], { priority: 5 }).then(note('high')),
    ]);
    assert.deepEqual(order, ['first', 'high', 'low']);
  });

  it('gives an AsyncResult that can be waited for', async () => {
    const result = pool.applyAsync(tasks.slow, [120]);
    assert.equal(result.ready(), false);
    assert.throws(() => result.successful(), ManycoreError);
    await assert.rejects(result.get(1), TimeoutError);
    assert.equal(await result.wait(1), false);
    assert.equal(await result, 120);
    assert.equal(result.successful(), true);
    const errors: Error[] = [];
    const failed = pool.mapAsync(tasks.failOn7, [7], { errorCallback: (error) => void errors.push(error) });
    assert.equal(await failed.wait(), true);
    assert.deepEqual([failed.successful(), errors.length], [false, 1]);
  });

  it('runs initializer and finalizer in every worker', async () => {
    const other = new Pool({
      processes: 2,
      initializer: tasks.setUp,
      initArgs: [{ a: 1 }],
      finalizer: tasks.finish,
    });
    const lines: string[] = [];
    other.on('output', ({ line }) => lines.push(line));
    const work = other.map(tasks.slow, [50, 50], 1);
    assert.deepEqual(await other.apply(tasks.seen), { a: 1 });
    await work;
    other.close();
    await other.join();
    assert.deepEqual(lines, ['finished', 'finished']);
  });

  it('replaces workers after maxTasksPerChild tasks, also when closed at once', async () => {
    const other = new Pool({ processes: 2, maxTasksPerChild: 3 });
    const pids = other.map(tasks.pid as (n: number) => number, range(12));
    other.close();
    const counts = new Map<number, number>();
    for (const pid of await pids) counts.set(pid, (counts.get(pid) ?? 0) + 1);
    assert.ok(
      [...counts.values()].every((count) => count <= 3),
      JSON.stringify([...counts]),
    );
    await other.join();
  });

  it('takes the length of an iterable for a hint, and all that it gives', async () => {
    const said = (length: number, given: number, throwing = false) => ({
      length,
      *[Symbol.iterator]() {
        yield* range(given);
        if (throwing) throw new RangeError('at the end');
      },
    });
    for (const [length, given] of [
      [3, 3],
      [3, 10],
      [1, 2],
      [10, 3],
      [0, 4],
      [5, 0],
    ] as const)
      assert.deepEqual(await pool.map(tasks.square, said(length, given)), range(given).map(tasks.square));
    await assert.rejects(pool.map(tasks.square, said(3, 3, true)), RangeError);
    assert.deepEqual(await collect(pool.imap(tasks.square, said(2, 5))), range(5).map(tasks.square));
  });

  it('starts no more workers than there is work for', async () => {
    await using wide = new Pool(16);
    await wide.map(tasks.square, [1, 2, 3]);
    assert.ok(wide.workers.length <= 3);
  });

  it('does what was submitted after close, and nothing else', async () => {
    const other = new Pool(1);
    await assert.rejects(other.join(), ManycoreError);
    const pending = other.map(tasks.square, range(10));
    other.close();
    await assert.rejects(other.map(tasks.square, [1]), PoolClosedError);
    assert.throws(() => other.imap(tasks.square, [1]), PoolClosedError);
    assert.equal((await pending).length, 10);
    await other.join();
  });

  it('terminates with 10,000 queued tasks', async () => {
    const other = new Pool(2);
    const pending = range(10_000).map((n) => other.apply(tasks.slow, [n + 1000]));
    const all = Promise.allSettled(pending);
    await eventually(() => other.workers.length === 2);
    await other.terminate();
    const results = await all;
    assert.ok(results.every((one) => one.status === 'rejected' && one.reason instanceof PoolClosedError));
    assert.equal(other.workers.length, 0);
  });

  it('repeats in its refusals what was received', async () => {
    assert.throws(() => new Pool(0), /processes must be an integer of at least 1, received 0 \(number\)/);
    assert.throws(() => new Pool({ retries: -1 }), RangeError);
    await assert.rejects(pool.map(tasks.square, [1], 0), RangeError);
    await assert.rejects(pool.map(tasks.square, 5 as never), /items must be iterable, received number/);
    await assert.rejects(pool.apply(5 as never), /must be a function, received number/);
  });

  it('sums per worker what happened', async () => {
    await using other = new Pool(2);
    await other.map(tasks.slow, [5, 5, 5, 30]);
    const { workers, total } = other.stats();
    assert.equal(total.tasks, 4);
    assert.equal(
      workers.reduce((sum, { tasks: count }) => sum + count, 0),
      4,
    );
    assert.deepEqual([total.slowest[0]?.itemIndex, total.slowest[0]?.preview], [3, '30']);
    assert.ok(total.working >= 40 && total.bytesIn > 0 && total.bytesOut > 0);
  });
});
