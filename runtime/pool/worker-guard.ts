/** Watches what the workers use, while there are any: samples for who listens, and the memory limit. */
import type { Emitter } from '../watch/emitter.ts';
import { usageOf } from '../watch/sampler.ts';
import type { WorkerHandle } from './worker-handle.ts';

const EVERY = 500;
/** At this many times the limit a worker is killed in the middle of its task. */
const HARD = 1.5;

export class WorkerGuard {
  readonly #workers: ReadonlySet<WorkerHandle>;
  readonly #limit: number | undefined;
  readonly #events: Emitter;
  readonly #last = new WeakMap<WorkerHandle, { readonly cpu: number; readonly time: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(workers: ReadonlySet<WorkerHandle>, limit: number | undefined, events: Emitter) {
    this.#workers = workers;
    this.#limit = limit;
    this.#events = events;
  }

  /** Watches until no worker is left. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), EVERY).unref();
  }

  #look(): void {
    if (this.#workers.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const worker of this.#workers) this.#sample(worker);
  }

  #sample(worker: WorkerHandle): void {
    const usage = usageOf(worker.pid);
    if (usage === undefined) return;
    const time = performance.now();
    const last = this.#last.get(worker);
    this.#last.set(worker, { cpu: usage.cpu, time });
    worker.rss = usage.rss;
    // A worker is told of from its start on.
    const isStarted = worker.state !== 'starting' && worker.state !== 'initialising';
    if (last !== undefined && isStarted && this.#events.has('worker')) {
      const cpu = (usage.cpu - last.cpu) / (time - last.time);
      const { id: workerId, pid } = worker;
      this.#events.emit('worker', { type: 'sample', workerId, pid, time: Date.now(), rss: usage.rss, cpu });
    }
    if (this.#limit === undefined || usage.rss < this.#limit) return;
    if (usage.rss >= this.#limit * HARD) {
      worker.overMemory = true;
      worker.kill();
    } else worker.retire();
  }
}
