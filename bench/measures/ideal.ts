import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Reading, RepeatRequest } from '../protocol.ts';
import { workerFile } from '../systems/system.ts';

/**
 * What no pool can beat: the time of one bare process for all the work, divided by the number of workers. Beside it
 * (`sideBySide`) the time of as many bare processes that run their shares at once and say nothing: where the cores are not
 * whole ones, or others use them, this is as far as anybody gets.
 */
export async function measureIdeal(request: RepeatRequest): Promise<Reading> {
  const { workers, count } = request;
  const all = Array.from({ length: count }, (_, i) => request.iterations[i % request.iterations.length] ?? 0);
  const [alone = Number.NaN] = await runAtOnce([all]);
  const sideBySide = Math.max(...(await runAtOnce(evenShares(all, workers))));
  return { value: alone / workers, ran: count, extra: { alone, sideBySide } };
}

/** The longest first, each to the share that has the least so far: who knows all durations does no better by far. */
function evenShares(all: readonly number[], workers: number): number[][] {
  const shares = Array.from({ length: workers }, () => ({ sum: 0, items: [] as number[] }));
  for (const item of [...all].sort((a, b) => b - a)) {
    const least = shares.reduce((a, b) => (b.sum < a.sum ? b : a));
    least.items.push(item);
    least.sum += item;
  }
  return shares.map(({ items }) => items);
}

/** Time of each share, all of them started together in bare processes. */
async function runAtOnce(shares: readonly (readonly number[])[]): Promise<number[]> {
  const children = await Promise.all(
    shares.map(async (share) => {
      const child = fork(workerFile('ideal'));
      child.send(share);
      await once(child, 'message');
      return child;
    }),
  );
  return Promise.all(
    children.map(async (child) => {
      child.send('go');
      const [{ ms }] = (await once(child, 'message')) as [{ ms: number }];
      return ms;
    }),
  );
}
