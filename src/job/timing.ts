import { performance } from 'node:perf_hooks';
import { isThenable, type PreparedCall, preparedCall } from './call.ts';

type Run = PreparedCall['run'];

/** How long `timeItems` measures. Times in ms. */
export interface TimingBudget {
  /** Items that begin in this time are run but not counted. */
  readonly warmUp: number;
  /** Time for the counted items. */
  readonly measure: number;
  /** Counted items, even above `measure`. */
  readonly atLeast: number;
  /** No further item begins after this, whatever the above say. */
  readonly patience: number;
}

/** What `timeItems` measured. */
export interface Timing {
  /** ms; of one item, or the mean of `batch` items that were too short to be timed one by one. */
  readonly times: readonly number[];
  /** For every time, the position of its item in the list given; empty when items were timed in batches. */
  readonly positions: readonly number[];
  readonly batch: number;
}

/** Below this, in ms, reading the clock would be a visible part of what is measured. */
const SHORT = 0.02;
/** Length of one batch of short items, in ms. */
const BATCH_LENGTH = 0.2;
/** An item as long as this, in ms, is counted even if it is the first: what warms up is small against it. */
const LONG = 1000;

/**
 * Runs items one after the other as a plain loop would, and times them here: what transport costs is left out. An item
 * that throws has taken its time too.
 */
export async function timeItems(items: readonly unknown[], budget: TimingBudget): Promise<Timing> {
  const { run } = preparedCall();
  const start = performance.now();
  const first = await runOne(run, items[0]);
  const warm = first < LONG ? await warmUp(run, items, budget, start) : { count: 1, mean: first };
  const counted = first < LONG ? [] : [first];
  if (warm.mean < SHORT) return timeInBatches(run, items, warm.mean, budget.measure);
  return timeOneByOne(run, items, { next: warm.count % items.length, counted, start, budget });
}

/** Runs every item once and gives each time in ms: a part of a full baseline. */
export async function timeEach(items: readonly unknown[]): Promise<readonly number[]> {
  const { run } = preparedCall();
  const times: number[] = [];
  for (const item of items) times.push(await runOne(run, item));
  return times;
}

async function warmUp(
  run: Run,
  items: readonly unknown[],
  budget: TimingBudget,
  start: number,
): Promise<{ count: number; mean: number }> {
  let count = 1;
  let last = start;
  let mean = performance.now() - start;
  while (last - start < budget.warmUp) {
    // Longer items are warmed up by other items only, never by a second run of the same.
    if (count >= items.length && mean >= SHORT) break;
    await runOne(run, items[count % items.length]);
    count++;
    last = performance.now();
    mean = (last - start) / count;
  }
  return { count, mean };
}

async function timeInBatches(
  run: Run,
  items: readonly unknown[],
  mean: number,
  measure: number,
): Promise<Timing> {
  const batch = Math.max(1, Math.min(items.length, Math.ceil(BATCH_LENGTH / mean)));
  const times: number[] = [];
  const start = performance.now();
  for (let next = 0, now = start; now - start < measure || next < items.length; ) {
    const begin = performance.now();
    for (let i = 0; i < batch; i++) {
      const running = runUntimed(run, items[(next + i) % items.length]);
      if (running) await running;
    }
    now = performance.now();
    times.push((now - begin) / batch);
    next += batch;
  }
  return { times, positions: [], batch };
}

async function timeOneByOne(
  run: Run,
  items: readonly unknown[],
  from: { next: number; counted: number[]; start: number; budget: TimingBudget },
): Promise<Timing> {
  const { next, counted: times, start, budget } = from;
  const positions = times.map(() => 0);
  const begin = performance.now();
  for (let i = 0; times.length < items.length; i++) {
    const now = performance.now();
    if (now - start > budget.patience && times.length > 0) break;
    if (now - begin > budget.measure && times.length >= budget.atLeast) break;
    const position = (next + i) % items.length;
    times.push(await runOne(run, items[position]));
    positions.push(position);
  }
  return { times, positions, batch: 1 };
}

async function runOne(run: Run, item: unknown): Promise<number> {
  const begin = performance.now();
  const running = runUntimed(run, item);
  if (running) await running;
  return performance.now() - begin;
}

/** Gives a promise only for an asynchronous function: awaiting a plain value costs more than a short item. */
function runUntimed(run: Run, item: unknown): Promise<unknown> | undefined {
  try {
    const value = run(item);
    // The failure is the run's to report; here it only takes time.
    if (isThenable(value)) return Promise.resolve(value).catch(() => undefined);
  } catch {
    // As above.
  }
  return undefined;
}
