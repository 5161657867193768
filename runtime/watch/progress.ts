/** Counts of a pool, told at most ten times a second. */
import type { Emitter } from './emitter.ts';

const EVERY = 100;

export class Progress {
  readonly #events: Emitter;
  /** Tasks that are not done yet; undefined when that is not known. */
  readonly #left: () => number | undefined;
  #done = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;
  #changed = false;

  constructor(events: Emitter, left: () => number | undefined) {
    this.#events = events;
    this.#left = left;
  }

  add(done: number, failed: number): void {
    this.#done += done;
    this.#failed += failed;
    this.changed();
  }

  /** Something changed: tells it now if nothing was told lately, else when the time has come. */
  changed(): void {
    if (!this.#events.has('progress')) return;
    this.#changed = true;
    this.#timer ??= setTimeout(() => this.#tell(), EVERY).unref();
  }

  /** Tells the last counts at once. */
  settle(): void {
    clearTimeout(this.#timer);
    if (this.#changed) this.#tell();
  }

  #tell(): void {
    this.#timer = undefined;
    this.#changed = false;
    const left = this.#left();
    const total = left === undefined ? undefined : this.#done + left;
    this.#events.emit('progress', { done: this.#done, failed: this.#failed, total });
  }
}
