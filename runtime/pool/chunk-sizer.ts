/** How many items are sent together. */

/**
 * What a chunk should take, in ms: long beside the way to the worker, short beside the whole. Where all CPUs compute, to hand
 * one over takes half a ms from them; so of a long call, whose items are counted, chunks are longer until its end is near
 * (guided self-scheduling, Polychronopoulos and Kuck 1987).
 */
const TARGET = 20;
const LONG_TARGET = 64;
/** Chunks in which each worker could do the rest of a call, at least, for them to be longer. */
const LONG_CALL = 16;
/** What the last chunks should take at least, in ms: to hand one over costs some hundredths of it. */
const LEAST = 0.25;
/** Items of a chunk at most; of all chunks that are under way where results are taken one by one. */
const MAX_ITEMS = 32_768;
/** Chunks under way for each worker where results are taken one by one. */
const AHEAD = 4;
const LEAST_ITEMS = 256;
/** Encoded size at which a chunk is closed. */
export const MAX_CHUNK_BYTES = 1_048_576;
/** Above this many ms an item, a second chunk in advance would cost more balance than it saves waiting. */
const PREFETCH_BELOW = 50;

/** Adapts the number of items in a chunk to the time that they take. */
export class ChunkSizer {
  readonly #fixed: number | undefined;
  readonly #most: number;
  readonly #workers: number;
  #size: number;
  #mean: number | undefined;

  /**
   * `mean` is the time in ms of an item in earlier calls of the function, if there were any. `streamed`: results are taken one by
   * one, and what waits to be taken is memory.
   */
  constructor(
    chunkSize: number | 'auto' | undefined,
    mean: number | undefined,
    workers: number,
    streamed: boolean,
  ) {
    this.#fixed = typeof chunkSize === 'number' ? chunkSize : undefined;
    this.#workers = workers;
    this.#most = streamed ? Math.max(LEAST_ITEMS, Math.floor(MAX_ITEMS / (workers * AHEAD))) : MAX_ITEMS;
    this.#mean = mean;
    // Items may be longer this time: the first chunks are a quarter of what they were.
    this.#size =
      this.#fixed ?? (mean === undefined ? 1 : Math.max(1, Math.floor(this.#itemsIn(TARGET, mean) / 4)));
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
    this.#size = Math.max(1, Math.min(this.#itemsIn(TARGET, this.#mean), this.#size * 4));
  }

  /** Items that may be under way before results are taken, where nobody says how many; `left` are left. */
  window(left: number | undefined): number {
    return Math.max(16, this.#workers * AHEAD * Math.max(this.#size, this.next(left)));
  }

  /** Items for the next chunk when `left` are left. */
  next(left: number | undefined): number {
    if (this.#fixed !== undefined || left === undefined) return this.#size;
    const mean = this.#mean ?? LEAST;
    const least = this.#itemsIn(LEAST, mean);
    const long = Math.min(this.#itemsIn(LONG_TARGET, mean), Math.floor(left / (this.#workers * LONG_CALL)));
    // Not before the size has found its place.
    const size = this.#size < this.#itemsIn(TARGET, mean) ? this.#size : Math.max(this.#size, long);
    return Math.min(size, Math.max(1, least, Math.ceil(left / (this.#workers * 2))));
  }

  get size(): number {
    return this.#size;
  }

  /** True when a worker that is busy should have its next chunk already. */
  get prefetch(): boolean {
    return this.#mean !== undefined && this.#mean < PREFETCH_BELOW;
  }

  /** Items that take `ms` together, of `mean` ms each. */
  #itemsIn(ms: number, mean: number): number {
    return Math.floor(ms / Math.max(mean, ms / this.#most));
  }
}
