import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  asCompleted,
  PoolClosedError,
  ProcessPoolExecutor,
  TimeoutError,
  wait,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';

describe('ProcessPoolExecutor', () => {
  it('gives results and errors through futures', async () => {
    await using executor = new ProcessPoolExecutor(1);
    const future = executor.submit(tasks.add, 2, 3);
    assert.equal(await future, 5);
    assert.deepEqual([future.done(), future.running(), await future.exception()], [true, false, null]);
    assert.ok((await executor.submit(tasks.failOn7, 7).exception()) instanceof TypeError);
  });

  it('maps over several iterables until the shortest ends', async () => {
    await using executor = new ProcessPoolExecutor(2);
    const sums: number[] = [];
    for await (const sum of executor.map.with({ chunkSize: 2 })(tasks.add, [1, 2, 3], [10, 20]))
      sums.push(sum);
    assert.deepEqual(sums, [11, 22]);
    const late = executor.map.with({ timeout: 20 })(tasks.slow, [600]);
    await assert.rejects(late.next(), TimeoutError);
  });

  it('cancels what has not begun, and only that', async () => {
    const executor = new ProcessPoolExecutor(1);
    const first = executor.submit(tasks.slow, 300);
    const second = executor.submit(tasks.slow, 300);
    while (!first.running()) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([first.cancel(), second.cancel(), second.cancelled()], [false, true, true]);
    await assert.rejects(second.result(), { name: 'AbortError' });
    const third = executor.submit(tasks.square, 3);
    await executor.shutdown({ cancelFutures: true });
    assert.deepEqual([await first, third.cancelled()], [300, true]);
    assert.throws(() => executor.submit(tasks.square, 1), PoolClosedError);
  });

  it('hands out the same futures as they end', async () => {
    await using executor = new ProcessPoolExecutor(2);
    const folder = mkdtempSync(join(tmpdir(), 'manycore-'));
    try {
      const gate = join(folder, 'gate');
      const slow = executor.submit(tasks.untilThere, gate);
      const quick = executor.submit(tasks.slow, 1);
      const order: unknown[] = [];
      for await (const future of asCompleted<string | number>([slow, quick])) {
        order.push(future);
        writeFileSync(gate, '');
      }
      assert.ok(order[0] === quick && order[1] === slow);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for the first, the first error, or as long as it may', async () => {
    await using executor = new ProcessPoolExecutor(2);
    const slow = executor.submit(tasks.slow, 800);
    const fails = executor.submit(tasks.failOn7, 7);
    const first = await wait([slow, fails], { returnWhen: 'first-exception' });
    assert.ok(first.done.has(fails) && first.notDone.has(slow));
    assert.equal((await wait([slow], { timeout: 1 })).notDone.size, 1);
    assert.equal((await wait([slow, fails])).done.size, 2);
  });
});
