import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { checkResults, makeItems } from './items.ts';

/** Share of the items that runs first: workers are there, and the time of the rest is foretold. */
const PILOT_SHARE = 0.02;
const LEAST_PILOT = 10;
/** As many items as are foretold to take this long, in ms, run before the clock starts: code is compiled, memory is there. */
const WARM_UP = 1000;

/**
 * Time of one call over all items with a pool that is warm. A pilot foretells the time; a system for which it would be
 * above the budget runs only as many items as fit.
 */
export async function measureMap(open: Open, request: RepeatRequest): Promise<Reading> {
  const { task, workers, count } = request;
  const session = await open({ workers, binary: request.items === 'arrays' });
  const pilot = makeItems(request, Math.min(count, Math.max(LEAST_PILOT, Math.ceil(count * PILOT_SHARE))));
  await session.map(task, pilot);
  const pilotTime = await time(() => session.map(task, pilot));
  // Items that differ among themselves tell nothing about the rest: they are all run.
  const even = request.iterations.length <= 1;
  const affordable = even ? Math.floor((request.budget / pilotTime) * pilot.length) : count;
  const ran = Math.min(count, Math.max(pilot.length, affordable));
  const items = makeItems(request, ran);
  const warmUp = Math.min(ran, Math.floor((WARM_UP / pilotTime) * pilot.length));
  await session.map(task, items.slice(0, warmUp));
  let results: ArrayLike<unknown> = [];
  const ms = await time(async () => {
    results = await session.map(task, items);
  });
  checkResults(task, items, results);
  await session.close();
  return { value: (ms * count) / ran, ran, extra: { ms } };
}

export async function time(body: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await body();
  return performance.now() - begin;
}
