import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { asCompleted, ProcessPoolExecutor, wait } from '../../../runtime/index.ts';
import { square } from '../../fixtures/runtime/tasks.ts';

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
});
