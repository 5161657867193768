import type { Message, RunConfig } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import { message } from '../report/l10n.ts';
import type { RunFacts } from '../report/summary.ts';
import { BASELINE_OFF } from '../report/verdict.ts';
import type { Probe } from './probe.ts';
import { itemsOf, type Records } from './records.ts';
import type { Survey } from './survey.ts';

/** What was measured before the run. */
export interface Measured {
  readonly baseline: RunFacts['baseline'];
  /** Mean time of an item in ms; null when nothing was measured. */
  readonly mean: number | null;
  /** Time in ms of items that were timed one by one, by index: to be compared with the same items in the run. */
  readonly alone: ReadonlyMap<number, number>;
}

/** Time in ms for warming up: what a just-in-time compiler needs for small code. */
const WARM_UP = 120;
/** A first item as long as this, in ms, counts although it was cold: what was cold is small against it. */
const LONG = 1000;
/** Share of the expected sequential time that a sample may take, and its limits in ms. */
const SHARE = 0.1;
const MIN_MEASURE = 150;
const MAX_MEASURE = 2000;
/** Items of a sample at least, unless they are so long that the patience in ms ends first. */
const MIN_ITEMS = 3;
const PATIENCE = 15_000;
/** An item that takes longer than this, in ms, ends the measurement. */
const LONGEST_ITEM = 60_000;
/** Items of a full baseline that are sent at once, and the time in ms that they should take. */
const MAX_BATCH = 1000;
const BATCH_LENGTH = 100;
/** Times of a full baseline that are kept; even, so that they can be put together in pairs. */
const MAX_TIMES = 1_000_000;
/** Items whose time alone is compared with their time in the run. */
const MAX_ALONE = 20_000;

/** Longest reason that is given for what could not be timed. */
const MAX_REASON = 200;

/** Measures what one process needs: not at all, for a sample, or for every item, as `config.baseline` says. */
export async function measureBaseline(
  probe: Probe,
  seen: Survey,
  config: RunConfig,
  all: { total: number | null; read: () => Records; onProgress: (phase: 'baseline', note: Message) => void },
): Promise<Measured> {
  const kind = config.baseline ?? 'sample';
  if (kind === 'off') return notMeasured(BASELINE_OFF);
  if (seen.sample.length === 0) return notMeasured('there are no items');
  const items = seen.sample.map(({ item }) => item);
  try {
    const warm = await probe.warmUp(items, WARM_UP, LONGEST_ITEM);
    all.onProgress(
      'baseline',
      kind === 'full' ? message('every item in one process') : message('a sample in one process'),
    );
    if (kind === 'full') return await timeAll(probe, all, warm.mean, config.timeout);
    const first = warm.count === 1 && warm.first >= LONG ? warm.first : null;
    const total = all.total ?? Number.POSITIVE_INFINITY;
    const timing = await probe.timeItems(
      items,
      {
        from: warm.count % items.length,
        mean: warm.mean,
        measure: clamp(SHARE * total * warm.mean, MIN_MEASURE, MAX_MEASURE) - (first ?? 0),
        atLeast: Math.min(MIN_ITEMS, items.length) - (first === null ? 0 : 1),
        patience: PATIENCE - (first ?? 0),
      },
      PATIENCE + LONGEST_ITEM,
    );
    const times = first === null ? timing.times : [first, ...timing.times];
    const positions = first === null ? timing.positions : [0, ...timing.positions];
    return {
      baseline: {
        kind: 'sample',
        times,
        of: Math.max(all.total ?? seen.seen, times.length),
        note: sampleNote(seen, timing.batch, all.total),
      },
      mean: times.length === 0 ? warm.mean : times.reduce((sum, ms) => sum + ms, 0) / times.length,
      alone: timing.batch === 1 ? byIndex(seen, positions, times) : new Map(),
    };
  } catch (error) {
    // The run itself says what is wrong with the item; without a baseline it is as good as with one.
    const text = error instanceof Error ? error.message : String(error);
    return notMeasured(`a sampled item could not be timed: ${text.split('\n', 1)[0]?.slice(0, MAX_REASON)}`);
  }
}

function notMeasured(note: string): Measured {
  return { baseline: { kind: 'off', note }, mean: null, alone: new Map() };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function byIndex(seen: Survey, positions: readonly number[], times: readonly number[]): Map<number, number> {
  const alone = new Map<number, number>();
  times.forEach((ms, i) => {
    const sampled = seen.sample[positions[i] ?? -1];
    if (sampled) alone.set(sampled.index, ms);
  });
  return alone;
}

function sampleNote(seen: Survey, batch: number, total: number | null): string | undefined {
  const notes: string[] = [];
  if (batch > 1) notes.push(`items are so short that ${batch} were timed at a time`);
  if (!seen.complete) {
    const all = total === null ? 'a stream of unknown length' : String(total);
    notes.push(`the sample is from the first ${seen.seen} items of ${all}`);
  }
  return notes.length > 0 ? notes.join('; ') : undefined;
}

/** Only time inside of the worker counts, so sending a batch costs the baseline nothing. */
async function timeAll(
  probe: Probe,
  all: { total: number | null; read: () => Records; onProgress: (phase: 'baseline', note: Message) => void },
  mean: number,
  timeout: number | undefined,
): Promise<Measured> {
  const size = Math.floor(clamp(BATCH_LENGTH / Math.max(mean, 1e-6), 1, MAX_BATCH));
  const times = new BoundedTimes();
  const alone = new Map<number, number>();
  for await (const batch of batchesOf(all.read(), size)) {
    const limit = timeout === undefined ? undefined : timeout * batch.length;
    for (const ms of await probe.timeEach(batch, limit)) {
      if (alone.size < MAX_ALONE) alone.set(times.count, ms);
      times.add(ms);
    }
    const done = formatCount(times.count);
    all.onProgress(
      'baseline',
      all.total === null
        ? message('{0} in one process', itemCount(times.count, message))
        : message('{0} of {1} in one process', done, itemCount(all.total, message)),
    );
  }
  return {
    baseline: { kind: 'full', times: times.kept, of: times.count, note: times.note },
    mean: times.sum / Math.max(times.count, 1),
    alone,
  };
}

async function* batchesOf(records: Records, size: number): AsyncGenerator<unknown[]> {
  let batch: unknown[] = [];
  for await (const group of itemsOf(records, size)) {
    batch.push(...group);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Times of any number of items in bounded memory: when there are too many, neighbours become their mean. */
class BoundedTimes {
  readonly kept: number[] = [];
  count = 0;
  sum = 0;
  #group = 1;
  #groupSum = 0;

  add(ms: number): void {
    this.count++;
    this.sum += ms;
    this.#groupSum += ms;
    if (this.count % this.#group !== 0) return;
    this.kept.push(this.#groupSum / this.#group);
    this.#groupSum = 0;
    if (this.kept.length >= MAX_TIMES) this.#halve();
  }

  get note(): string | undefined {
    return this.#group === 1 ? undefined : `the times of ${this.#group} items at a time were put together`;
  }

  #halve(): void {
    const half = this.kept.length >> 1;
    for (let i = 0; i < half; i++) this.kept[i] = ((this.kept[2 * i] ?? 0) + (this.kept[2 * i + 1] ?? 0)) / 2;
    this.kept.length = half;
    this.#group *= 2;
  }
}
