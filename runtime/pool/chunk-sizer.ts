/** How many items are sent together. */

/**
 * What a chunk should take, in ms: long beside the way to the worker, short beside the whole. Where all CPUs compute, to hand
 * one over takes half a ms from them; so of a long call, whose items are counted, chunks are longer until its end is near
 * (guided self-scheduling, Polychronopoulos and Kuck 1987).
 */
const TARGET = 16;
const LONG_TARGET = 50;
/** Chunks in which each worker could do the rest of a call, at least, for them to be longer. */
const LONG_CALL = 32;
/** What the last chunks should take at least, in ms: to hand one over costs some hundredths of it. */
const LEAST = 0.25;
const MAX_ITEMS = 32_768;
/** Encoded size at which a chunk is closed. */
export const MAX_CHUNK_BYTES = 1_048_576;
/** Above this many ms an item, a second chunk in advance would cost more balance than it saves waiting. */
const PREFETCH_BELOW = 50;

/** Adapts the number of items in a chunk to the time that they take. */
export class ChunkSizer {
  readonly #fixed: number | undefined;
  #size: number;
  #mean: number | undefined;

  /** `mean` is the time in ms of an item in earlier calls of the function, if there were any. */
  constructor(chunkSize: number | 'auto' | undefined, mean: number | undefined) {
    this.#fixed = typeof chunkSize === 'number' ? chunkSize : undefined;
    this.#mean = mean;
    // Items may be longer this time: the first chunks are a quarter of what they were.
    this.#size = this.#fixed ?? (mean === undefined ? 1 : Math.max(1, Math.floor(itemsIn(TARGET, mean) / 4)));
  }

  /** Mean time of an item in ms; undefined while it is not known. */
  get mean(): number | undefined {
    return this.#mean;
  }

  /** Time in ms that `count` items should take; undefined while it is not known. */
  expected(count: number): number | undefined {
    return this.#mean === undefined ? undefined : this.#mean * count;
  }

  /** `count` items took `ms` in a worker. */
  measured(ms: number, count: number): void {
    const mean = ms / count;
    // A slow item tells more about what may come than a fast one.
    this.#mean =
      this.#mean === undefined ? mean : this.#mean + (mean - this.#mean) * (mean > this.#mean ? 0.5 : 0.2);
    if (this.#fixed !== undefined) return;
    this.#size = Math.max(1, Math.min(itemsIn(TARGET, this.#mean), this.#size * 4));
  }

  /** Items for the next chunk when `left` are left for `workers` workers. */
  next(left: number | undefined, workers: number): number {
    if (this.#fixed !== undefined || left === undefined) return this.#size;
    const mean = this.#mean ?? LEAST;
    const least = itemsIn(LEAST, mean);
    const long = Math.min(itemsIn(LONG_TARGET, mean), Math.floor(left / (workers * LONG_CALL)));
    // Not before the size has found its place.
    const size = this.#size < itemsIn(TARGET, mean) ? this.#size : Math.max(this.#size, long);
    return Math.min(size, Math.max(1, least, Math.ceil(left / (workers * 2))));
  }

  get size(): number {
    return this.#size;
  }

  /** True when a worker that is busy should have its next chunk already. */
  get prefetch(): boolean {
    return this.#mean !== undefined && this.#mean < PREFETCH_BELOW;
  }
}

/** Items that take `ms` together, of `mean` ms each. */
const itemsIn = (ms: number, mean: number): number => Math.floor(ms / Math.max(mean, ms / MAX_ITEMS));
