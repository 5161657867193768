/**
 * Looks for results by itself for a moment after a task was handed out, where the result is expected sooner than a sleeping
 * process is woken. It goes round with the event loop, so that everything else of this process has its turn.
 */
import { cpuCount } from '../process/cpu-count.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** Longest time in ms that is expected of a chunk whose end is worth looking for. */
const SOON = 0.1;
/** How long to look at most, in ms. */
const LIMIT = 0.3;

let cpus: number | undefined;

export class Poller {
  readonly #workers = new Set<WorkerHandle>();
  #until = 0;
  #looking = false;

  /** `worker` was given work for about `expected` ms; `busy` workers have some now. */
  expect(worker: WorkerHandle, expected: number, busy: number): void {
    // Who looks needs a CPU of its own: workers that compute must not wait for it.
    cpus ??= cpuCount();
    if (expected > SOON || busy >= cpus || !worker.isShared) return;
    this.#until = performance.now() + LIMIT;
    if (this.#workers.has(worker)) return;
    this.#workers.add(worker);
    worker.polled = true;
    if (this.#looking) return;
    this.#looking = true;
    setImmediate(this.#look);
  }

  readonly #look = (): void => {
    const over = performance.now() >= this.#until;
    for (const worker of this.#workers) {
      worker.poll();
      if (!over && worker.assigned.length > 0) continue;
      this.#workers.delete(worker);
      worker.polled = false;
    }
    this.#looking = this.#workers.size > 0;
    if (this.#looking) setImmediate(this.#look);
  };
}
