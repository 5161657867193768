import { getHeapStatistics } from 'node:v8';

/** Heap in bytes above which programs are dropped; a project of several hundred files needs about half of it. */
export const MAX_HEAP = 700 * 1024 * 1024;

/** Calls `release` when the heap has grown above a limit, and not again before it has been below it. */
export class MemoryLimit {
  readonly #release: () => void;
  readonly #heapUsed: () => number;
  #above = false;

  constructor(release: () => void, heapUsed: () => number = () => getHeapStatistics().used_heap_size) {
    this.#release = release;
    this.#heapUsed = heapUsed;
  }

  check(): void {
    const above = this.#heapUsed() > MAX_HEAP;
    if (above && !this.#above) this.#release();
    this.#above = above;
  }
}
