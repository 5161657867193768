/** How many items are sent together. */

/** What a chunk should take, in ms: long beside the way to the worker, short beside the whole. */
const TARGET = 8;
const MAX_ITEMS = 16_384;
/** Encoded size at which a chunk is closed. */
export const MAX_CHUNK_BYTES = 262_144;
/** Above this many ms an item, a second chunk in advance would cost more balance than it saves waiting. */
const PREFETCH_BELOW = 5;

/** Adapts the number of items in a chunk to the time that they take. */
export class ChunkSizer {
  readonly #fixed: number | undefined;
  #size: number;
  #mean: number | undefined;

  constructor(chunkSize: number | 'auto' | undefined) {
    this.#fixed = typeof chunkSize === 'number' ? chunkSize : undefined;
    this.#size = this.#fixed ?? 1;
  }

  /** `count` items took `ms` in a worker. */
  measured(ms: number, count: number): void {
    const mean = ms / count;
    // A slow item tells more about what may come than a fast one.
    this.#mean =
      this.#mean === undefined ? mean : this.#mean + (mean - this.#mean) * (mean > this.#mean ? 0.5 : 0.2);
    if (this.#fixed !== undefined) return;
    const wanted = Math.floor(TARGET / Math.max(this.#mean, TARGET / MAX_ITEMS));
    this.#size = Math.max(1, Math.min(wanted, this.#size * 4, MAX_ITEMS));
  }

  /** Items for the next chunk when `left` are left for `workers` workers. */
  next(left: number | undefined, workers: number): number {
    if (this.#fixed !== undefined || left === undefined) return this.#size;
    return Math.max(1, Math.min(this.#size, Math.ceil(left / (workers * 2))));
  }

  get size(): number {
    return this.#size;
  }

  /** True when a worker that is busy should have its next chunk already. */
  get prefetch(): boolean {
    return this.#mean !== undefined && this.#mean < PREFETCH_BELOW;
  }
}
