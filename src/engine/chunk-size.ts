/** Work of one lease in ms of one worker's time, for each worker of the host: long beside what a lease costs, short beside the run. */
const TARGET = 10_000;
/** Chunks that a host should get of a run, so that hosts end together. */
const PARTS = 8;
/** Items in a chunk, at most: more would cost memory in the coordinator and spare it nothing. */
const MAX = 10_000;
const MAX_UNMEASURED = 64;

/** How many items are leased together. */
export class ChunkSize {
  #ms: number | null;
  readonly #fixed: number | null;

  /** `itemMs`: what an item takes, if it is known. `fixed`: what the user says. */
  constructor(itemMs: number | null, fixed: number | null = null) {
    this.#fixed = fixed;
    this.#ms = itemMs;
  }

  /** An item took so long. */
  measured(ms: number): void {
    this.#ms = this.#ms === null ? ms : this.#ms * 0.99 + ms * 0.01;
  }

  /** `left`: items that are not handed out; null where it is not known. `workers`: of all hosts. */
  next(left: number | null, workers: number): number {
    if (this.#fixed !== null) return this.#fixed;
    const parallel = Math.max(1, workers);
    const byTime =
      this.#ms === null ? MAX_UNMEASURED : Math.ceil((TARGET * parallel) / Math.max(this.#ms, 0.001));
    const byShare = left === null ? MAX : Math.ceil(left / (PARTS * Math.max(1, parallel / 4)));
    return Math.max(1, Math.min(byTime, byShare, MAX));
  }
}
