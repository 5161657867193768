import { JobError } from '../errors.ts';

/** Which of the records become items, in this order: skip, then limit, then sample. */
export interface Selection {
  /** Leave out this many at the begin. */
  readonly skip?: number | undefined;
  /** Then look at this many. */
  readonly limit?: number | undefined;
  /** Of these, take this many at random, in their order. */
  readonly sample?: number | undefined;
  /** Same seed and same records: same sample. An integer of 32 bits; default 1. */
  readonly seed?: number | undefined;
}

/**
 * The selected records, streamed; only a sample is held in memory (uniform, by reservoir: one pass, any length).
 * Gives an `Iterable` for an `Iterable`, an `AsyncIterable` for an `AsyncIterable`, and closes it when it needs no more.
 *
 * The index of an item is its place among the selected records, from 0. Records left out as bad do not count.
 * @throws JobError `ERR_MANYCORE_USAGE` when a number is not a whole one in its range.
 * @example selectRecords(dataset.records(), { skip: 100, limit: 1000, sample: 50, seed: 7 })
 */
export function selectRecords(records: Iterable<unknown>, selection: Selection): Iterable<unknown>;
export function selectRecords(
  records: Iterable<unknown> | AsyncIterable<unknown>,
  selection: Selection,
): Iterable<unknown> | AsyncIterable<unknown>;
export function selectRecords(
  records: Iterable<unknown> | AsyncIterable<unknown>,
  selection: Selection,
): Iterable<unknown> | AsyncIterable<unknown> {
  checkSelection(selection);
  const { skip = 0, limit = Number.POSITIVE_INFINITY, sample } = selection;
  const window = skip === 0 && limit === Number.POSITIVE_INFINITY ? records : cut(records, skip, limit);
  if (sample === undefined) return window;
  const pick = new Reservoir(sample, selection.seed ?? 1);
  return Symbol.iterator in window ? sampled(window, pick) : sampledAsync(window, pick);
}

/** How many records `selectRecords` leaves of `count`; null when that is not known. */
export function selectedCount(count: number | null, selection: Selection): number | null {
  const { skip = 0, limit = Number.POSITIVE_INFINITY, sample = Number.POSITIVE_INFINITY } = selection;
  if (limit === 0 || sample === 0) return 0;
  return count === null ? null : Math.min(Math.max(0, count - skip), limit, sample);
}

function checkSelection(selection: Selection): void {
  for (const name of ['skip', 'limit', 'sample', 'seed'] as const) {
    const value = selection[name];
    if (value === undefined || (Number.isSafeInteger(value) && (value >= 0 || name === 'seed'))) continue;
    throw new JobError(
      'ERR_MANYCORE_USAGE',
      `--${name} ${value} is not a whole number${name === 'seed' ? '' : ' of 0 or more'}.`,
    );
  }
}

function cut(
  records: Iterable<unknown> | AsyncIterable<unknown>,
  skip: number,
  limit: number,
): Iterable<unknown> | AsyncIterable<unknown> {
  return Symbol.iterator in records ? cutSync(records, skip, limit) : cutAsync(records, skip, limit);
}

function* cutSync(records: Iterable<unknown>, skip: number, limit: number): Generator<unknown, void, void> {
  if (limit === 0) return;
  let seen = 0;
  for (const record of records) {
    if (seen++ < skip) continue;
    yield record;
    if (seen - skip >= limit) return;
  }
}

async function* cutAsync(
  records: AsyncIterable<unknown>,
  skip: number,
  limit: number,
): AsyncGenerator<unknown, void, void> {
  if (limit === 0) return;
  let seen = 0;
  for await (const record of records) {
    if (seen++ < skip) continue;
    yield record;
    if (seen - skip >= limit) return;
  }
}

function* sampled(records: Iterable<unknown>, reservoir: Reservoir): Generator<unknown, void, void> {
  for (const record of records) reservoir.offer(record);
  yield* reservoir.taken();
}

async function* sampledAsync(
  records: AsyncIterable<unknown>,
  reservoir: Reservoir,
): AsyncGenerator<unknown, void, void> {
  for await (const record of records) reservoir.offer(record);
  for (const record of reservoir.taken()) yield record;
}

/** A uniform sample of a stream of unknown length: Vitter's Algorithm R, ACM TOMS 11 (1985). */
class Reservoir {
  readonly #size: number;
  readonly #random: () => number;
  readonly #slots: { readonly place: number; readonly record: unknown }[] = [];
  #seen = 0;

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#random = sfc32(seed);
  }

  offer(record: unknown): void {
    const place = this.#seen++;
    if (place < this.#size) {
      this.#slots.push({ place, record });
    } else {
      const slot = Math.floor(this.#random() * this.#seen);
      if (slot < this.#size) this.#slots[slot] = { place, record };
    }
  }

  taken(): unknown[] {
    return this.#slots.sort((one, other) => one.place - other.place).map(({ record }) => record);
  }
}

/** Chris Doty-Humphrey's small fast counting generator (PractRand); numbers in [0, 1) with 53 bits. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
