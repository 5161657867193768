/** Timing of items in one worker, one after the other as a plain loop would run them; transport is left out. */
import { performance } from 'node:perf_hooks';
import { isThenable, type PreparedCall, preparedCall } from './call.ts';

type Run = PreparedCall['run'];

/** What a short first run told. Times in ms. */
export interface WarmUp {
  /** Items that were run; above the number of items when short ones were repeated. */
  readonly count: number;
  /** Mean time of one item. */
  readonly mean: number;
  /** Time of the first item, which pays for compilation and caches. */
  readonly first: number;
}

/** Items shorter than this, in ms, are timed in batches: reading the clock would be a visible part of each. */
const SHORT = 0.02;
/** Length of one batch of short items, in ms, where there are enough of them. */
const BATCH_LENGTH = 0.02;
/** Batches to which a list of short items is cut at least, so that an interval can be told. */
const MIN_BATCHES = 20;

/**
 * Runs items until `limit` ms have gone, at least one: compiles and warms what a long run would find warm. Short items
 * are repeated; longer ones are never run twice.
 */
export async function warmUp(items: readonly unknown[], limit: number): Promise<WarmUp> {
  const { run } = preparedCall();
  const start = performance.now();
  const first = await runOne(run, items[0]);
  let count = 1;
  let elapsed = first;
  while (elapsed < limit && (count < items.length || elapsed / count < SHORT)) {
    const running = runUntimed(run, items[count % items.length]);
    if (running) await running;
    count++;
    elapsed = performance.now() - start;
  }
  return { count, mean: elapsed / count, first };
}

/** How `timeItems` measures. Times in ms. */
export interface TimingBudget {
  /** Position of the first item; the list is gone round from there, so that warmed-up items come last. */
  readonly from: number;
  /** Mean time of an item, from `warmUp`. */
  readonly mean: number;
  /** No further item begins after this time ... */
  readonly measure: number;
  /** ... once this many were timed ... */
  readonly atLeast: number;
  /** ... or, whatever their number, after this time. */
  readonly patience: number;
}

/** What `timeItems` measured. */
export interface Timing {
  /** ms of an item; with `batch` above 1 the mean of that many adjacent items. */
  readonly times: readonly number[];
  /** For every time, the position of its item (of the first of its batch) in the list given. */
  readonly positions: readonly number[];
  readonly batch: number;
}

/** Times items one by one, each at most once; very short ones in batches and over and over, for a steady mean. */
export async function timeItems(items: readonly unknown[], budget: TimingBudget): Promise<Timing> {
  const { run } = preparedCall();
  return budget.mean < SHORT ? timeInBatches(run, items, budget) : timeOneByOne(run, items, budget);
}

/** Times every item once: a part of a full baseline. */
export async function timeEach(items: readonly unknown[]): Promise<readonly number[]> {
  const { run } = preparedCall();
  const times: number[] = [];
  for (const item of items) times.push(await runOne(run, item));
  return times;
}

async function timeOneByOne(run: Run, items: readonly unknown[], budget: TimingBudget): Promise<Timing> {
  const times: number[] = [];
  const positions: number[] = [];
  const begin = performance.now();
  while (times.length < items.length) {
    const elapsed = performance.now() - begin;
    if (elapsed > budget.measure && times.length >= budget.atLeast) break;
    if (elapsed > budget.patience) break;
    const position = (budget.from + times.length) % items.length;
    times.push(await runOne(run, items[position]));
    positions.push(position);
  }
  return { times, positions, batch: 1 };
}

async function timeInBatches(run: Run, items: readonly unknown[], budget: TimingBudget): Promise<Timing> {
  const longest = Math.max(1, Math.floor(items.length / MIN_BATCHES));
  const batch = Math.min(longest, Math.ceil(BATCH_LENGTH / Math.max(budget.mean, 1e-6)));
  const batches = Math.floor(items.length / batch);
  const sums = new Array<number>(batches).fill(0);
  const begin = performance.now();
  let rounds = 0;
  do {
    for (let i = 0; i < batches; i++) {
      sums[i] = (sums[i] ?? 0) + (await runBatch(run, items, i * batch, batch));
    }
    rounds++;
  } while (performance.now() - begin < budget.measure);
  return {
    times: sums.map((sum) => sum / rounds / batch),
    positions: sums.map((_, i) => i * batch),
    batch,
  };
}

async function runBatch(run: Run, items: readonly unknown[], from: number, count: number): Promise<number> {
  const begin = performance.now();
  for (let i = from; i < from + count; i++) {
    const running = runUntimed(run, items[i]);
    if (running) await running;
  }
  return performance.now() - begin;
}

async function runOne(run: Run, item: unknown): Promise<number> {
  const begin = performance.now();
  const running = runUntimed(run, item);
  if (running) await running;
  return performance.now() - begin;
}

/** Gives a promise only for an asynchronous function: awaiting a plain value takes longer than a short item. */
function runUntimed(run: Run, item: unknown): Promise<unknown> | undefined {
  try {
    const value = run(item);
    // What fails here fails in the run too and is told there; now it only takes its time.
    if (isThenable(value)) return Promise.resolve(value).catch(() => undefined);
  } catch {
    // As above.
  }
  return undefined;
}
