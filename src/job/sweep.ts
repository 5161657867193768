import { Pool, workerFunction } from '../../runtime/index.ts';
import type { Message } from '../protocol/run.ts';
import { workerCount } from '../report/counts.ts';
import { plural } from '../report/format.ts';
import { message } from '../report/l10n.ts';
import type { SweepFacts } from '../report/scaling.ts';
import type { Measured } from './baseline.ts';
import type { TaskPlan } from './call.ts';
import { TASK_MODULE, type WorkerSettings } from './probe.ts';
import { interruption } from './stop.ts';
import type { Survey } from './survey.ts';
import type * as Task from './task.ts';
import { packItem } from './task-text.ts';

/** What a sweep is given. */
export interface SweepOptions {
  readonly settings: WorkerSettings;
  readonly plan: TaskPlan;
  /** Workers of the run to come. */
  readonly workers: number;
  readonly chunk: number | 'auto';
  readonly survey: Survey;
  readonly measured: Measured;
  /** Ends the sweep. */
  readonly stop: AbortSignal;
  readonly onProgress: (note: Message) => void;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Timed runs with each number of workers; fewer where they would take too long. */
const RUNS = 3;
/** Time in ms of one process for the items of a run: at least this, and as much for each worker, so that none has too little. */
const LENGTH = 1000;
const LENGTH_A_WORKER = 100;
/** Items for each worker at least: with fewer, the end of a run is all that is measured. */
const ITEMS_A_WORKER = 4;
/** Most items of a run: short ones are repeated up to here. */
const MAX_ITEMS = 50_000;
/** Time in ms that a sweep should take, and after which no further number of workers begins. */
const BUDGET = 20_000;
const DEADLINE = 30_000;
/** Workers run items for so many ms before they are timed: what a just-in-time compiler needs for small code. */
const WARM_UP = 150;
/** Time in ms that workers get to start. */
const START = 10_000;

/**
 * Times the same items of the sample with 1, 2, 4, ... workers, as the run will have them but warm and without their start.
 * Never rejects for an item's sake; a worker that dies ends the sweep, and its note says so. Throws an interruption when
 * stopped.
 */
export async function measureSweep(options: SweepOptions): Promise<SweepFacts> {
  const { measured, survey, stop } = options;
  const none = (note: string): SweepFacts => ({ items: 0, aloneMs: 0, points: [], note });
  if (measured.mean === null || !(measured.mean > 0)) return none('there was no baseline to compare with');
  if (survey.sample.length < 2) {
    return none(
      survey.complete ? 'a single item cannot be shared' : 'too few items had been read for a sample',
    );
  }
  const wanted = countsUpTo(Math.min(Math.max(2, options.workers), survey.sample.length));
  const plan = planSweep(wanted, survey.sample.length, measured.mean);
  if (plan === undefined) return none('the items are so long that it would take too long');
  const { items, aloneMs } = itemsOf(options, plan.items);
  const deadline = performance.now() + DEADLINE;
  const points: { workers: number; runs: number[] }[] = [];
  try {
    for (const [i, workers] of plan.counts.entries()) {
      const now = performance.now();
      if (now > deadline) break;
      // Where all is slower than it was alone, each number of workers has its share of the time.
      const until = now + (deadline - now) / (plan.counts.length - i);
      const runs = await timeWith(workers, items, { ...options, runs: plan.runs, until });
      if (runs.length > 0) points.push({ workers, runs });
      if (stop.aborted) throw interruption();
    }
  } catch (error) {
    if (stop.aborted) throw interruption();
    const reason = error instanceof Error ? error.message : String(error);
    return { items: items.length, aloneMs, points, note: `it ended early: ${reason.split('\n', 1)[0]}` };
  }
  const complete = points.length === wanted.length;
  const note = `only up to ${plural(points.at(-1)?.workers ?? 0, 'worker')}, since more would have taken too long`;
  return { items: items.length, aloneMs, points, ...(complete ? {} : { note }) };
}

/** 1, 2, 4, ... and the last one itself. */
export function countsUpTo(last: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < last; count *= 2) counts.push(count);
  return [...counts, last];
}

/** How many items to time with which numbers of workers how often, within the budget; undefined where that is too little. */
export function planSweep(
  counts: readonly number[],
  sample: number,
  mean: number,
): { counts: readonly number[]; items: number; runs: number } | undefined {
  const length = (most: number): number => Math.max(LENGTH, most * LENGTH_A_WORKER);
  for (let last = counts.length; last >= 2; last--) {
    const used = counts.slice(0, last);
    const most = used.at(-1) ?? 1;
    const enough = Math.ceil(length(most) / mean);
    const items = Math.min(MAX_ITEMS, Math.max(enough, Math.min(sample, ITEMS_A_WORKER * most)));
    // One more for warming up, which long items do as well as short ones.
    const once = used.reduce((ms, workers) => ms + (items * mean) / workers, 0);
    const runs = Math.min(RUNS, Math.floor(BUDGET / once) - 1);
    if (runs >= 1) return { counts: used, items, runs };
  }
  return undefined;
}

/** Items of the sample, those that were timed alone first, repeated where there are too few, and their time alone. */
function itemsOf({ survey, measured }: SweepOptions, count: number): { items: unknown[]; aloneMs: number } {
  const known = survey.sample.filter(({ index }) => measured.alone.has(index));
  const others = survey.sample.filter(({ index }) => !measured.alone.has(index));
  const all = [...known, ...others];
  const items: unknown[] = [];
  let aloneMs = 0;
  for (let i = 0; i < count; i++) {
    const sampled = all[i % all.length];
    if (sampled === undefined) break;
    items.push(sampled.item);
    aloneMs += measured.alone.get(sampled.index) ?? measured.mean ?? 0;
  }
  return { items, aloneMs };
}

async function timeWith(
  workers: number,
  items: readonly unknown[],
  options: SweepOptions & { runs: number; until: number },
): Promise<number[]> {
  const { settings, plan, stop, until, onLine, onProgress } = options;
  await using pool = new Pool({
    ...settings,
    processes: workers,
    initializer: workerFunction<typeof Task.prepareTask>(TASK_MODULE, 'prepareTask'),
    initArgs: [plan],
    name: 'Sweep',
  });
  pool.on('output', ({ stream, line }) => onLine(stream, line));
  const end = (): void => void pool.terminate();
  stop.addEventListener('abort', end, { once: true });
  const tasks = items.map((item, index) => packItem(index, item));
  const goThrough = async (): Promise<number> => {
    const begin = performance.now();
    const results = pool.imapUnordered(
      workerFunction<typeof Task.runTask>(TASK_MODULE, 'runTask'),
      tasks,
      // No limit for one item: those that never end were found when they were timed alone.
      { chunkSize: options.chunk },
    );
    for await (const _ of results) if (stop.aborted) break;
    return performance.now() - begin;
  };
  const runs: number[] = [];
  try {
    onProgress(message('{0}, warming up', workerCount(workers, message)));
    await warmUp(pool, workers, goThrough);
    while (
      !stop.aborted &&
      (runs.length === 0 || (runs.length < options.runs && performance.now() < until))
    ) {
      const run = message('run {0} of {1}', runs.length + 1, options.runs);
      onProgress(message('{0}, {1}', workerCount(workers, message), run));
      runs.push(await goThrough());
    }
  } finally {
    stop.removeEventListener('abort', end);
  }
  return runs;
}

/** Until every worker has started and run items for a while. */
async function warmUp(pool: Pool, workers: number, goThrough: () => Promise<number>): Promise<void> {
  const patience = performance.now() + START;
  let warm = await goThrough();
  const started = (): number => pool.workers.filter(({ state }) => state === 'waiting').length;
  while (started() < workers) {
    if (performance.now() > patience) throw new Error(`only ${started()} of ${workers} workers started`);
    warm = 0;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Those that started late had no items yet.
  while (warm < WARM_UP) warm += await goThrough();
}
