/** Limits the time of the running item of one worker. */
import { TimeoutError } from '../errors.ts';
import type { Assignment } from './assignment.ts';
import { delay } from './delay.ts';

/** Time in ms that an item gets to stop by itself after it was asked. */
export const GRACE = 500;

/** What the clock needs of a worker. */
interface Clocked {
  readonly name: string;
  readonly pid: number;
  readonly assigned: readonly Assignment[];
  ask(chunk: number, position: number): void;
  kill(): void;
}

export class WorkerClock {
  readonly #worker: Clocked;
  #timer: NodeJS.Timeout | undefined;
  /** Counts items, so that a timer knows whether it still means the running one. */
  #item = 0;

  constructor(worker: Clocked) {
    this.#worker = worker;
  }

  /** A limit is being watched. */
  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** The running item has changed: another one begins, or none. */
  next(): void {
    this.#item++;
    if (this.#timer !== undefined) this.stop();
    const current = this.#worker.assigned[0];
    const timeout = current?.chunk.call.options.timeout;
    if (current?.begun === undefined || timeout === undefined) return;
    const item = this.#item;
    this.#after(timeout, item, () => this.#expire(timeout));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #after(ms: number, item: number, then: () => void): void {
    this.#timer = setTimeout(() => {
      // This process may have been busy itself: what the worker said meanwhile is heard first.
      setImmediate(() => setImmediate(() => item === this.#item && then()));
    }, delay(ms));
  }

  #expire(timeout: number): void {
    const current = this.#worker.assigned[0];
    if (current === undefined) return;
    const index = current.chunk.firstIndex + current.position;
    const what = Number.isNaN(index) ? 'the task' : `item ${index}`;
    current.expired = new TimeoutError(
      `${what} ran longer than its limit of ${timeout} ms in worker ${this.#worker.name} (pid ${this.#worker.pid})`,
      Number.isNaN(index) ? undefined : index,
    );
    this.#worker.ask(current.chunk.id, current.position);
    this.#after(GRACE, this.#item, () => this.#worker.kill());
  }
}
