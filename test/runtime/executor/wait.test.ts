import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
  AbortError,
  asCompleted,
  type Future,
  ProcessPoolExecutor,
  TimeoutError,
  wait,
} from '../../../runtime/index.ts';
import { failOn7, slow, square, untilThere } from '../../fixtures/runtime/tasks.ts';
import { Gate } from '../gate.ts';

describe('waiting for futures', () => {
  it('leaves no listener on a signal that lives on', async () => {
    await using executor = new ProcessPoolExecutor(1);
    const { signal } = new AbortController();
    await wait([executor.submit(square, 3)], { signal });
    await wait([executor.submit(square, 4)], { signal, timeout: 60_000, returnWhen: 'first-completed' });
    for await (const future of asCompleted([executor.submit(square, 5)], { signal }))
      assert.equal(await future.result(), 25);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('rejects at once with a signal that was aborted', async () => {
    await using executor = new ProcessPoolExecutor(1);
    const futures = [executor.submit(square, 3)];
    await assert.rejects(wait(futures, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  it('serves calls of next() that wait at the same time', async () => {
    await using executor = new ProcessPoolExecutor(1);
    const results = asCompleted([executor.submit(square, 2), executor.submit(square, 3)]);
    const taken = await Promise.all([results.next(), results.next(), results.next()]);
    assert.deepEqual(
      taken.map(({ done }) => done),
      [false, false, true],
    );
  });

  it('returns with the first that ends, fails, or with all', async () => {
    using gate = new Gate();
    await using executor = new ProcessPoolExecutor(2);
    const late = executor.submit(untilThere, gate.file);
    const quick = executor.submit(square, 3);
    const both: Future<number | string>[] = [late, quick];
    const first = await wait(both, { returnWhen: 'first-completed' });
    assert.deepEqual([...first.done], [quick]);
    assert.deepEqual([...first.notDone], [late]);
    const fails = executor.submit(failOn7, 7);
    const failed = await wait<number | string>([late, quick, fails], { returnWhen: 'first-exception' });
    assert.deepEqual([failed.done, failed.notDone], [new Set([quick, fails]), new Set([late])]);
    const well = await wait([quick], { returnWhen: 'first-exception' });
    assert.equal(well.done.size, 1);
    const all = await wait([quick, fails]);
    assert.deepEqual([all.done.size, all.notDone.size], [2, 0]);
    const none = await wait([]);
    assert.deepEqual([none.done.size, none.notDone.size], [0, 0]);
    assert.equal((await wait(both, { timeout: 1 })).notDone.size, 1);
    gate.open();
  });

  it('counts cancelled futures as done, and not as failed', async () => {
    await using executor = new ProcessPoolExecutor(1);
    const running = executor.submit(slow, 100);
    const cancelled = executor.submit(square, 3);
    cancelled.cancel();
    const { done, notDone } = await wait([running, cancelled], { returnWhen: 'first-exception' });
    assert.deepEqual([done.size, notDone.size], [2, 0]);
  });

  it('takes results for as long as it may', async () => {
    using gate = new Gate();
    await using executor = new ProcessPoolExecutor(2);
    const late = executor.submit(untilThere, gate.file);
    const quick = executor.submit(square, 3);
    await quick;
    const results = asCompleted<number | string>([late, quick], { timeout: 50 });
    assert.equal((await results.next()).value, quick);
    await assert.rejects(results.next(), TimeoutError);
    const controller = new AbortController();
    const next = asCompleted([late], { signal: controller.signal }).next();
    controller.abort();
    await assert.rejects(next, AbortError);
    gate.open();
  });
});
