import type { WorkerTally } from '../job/collector.ts';
import type { WorkerSnapshot } from '../protocol/run.ts';
import type { WorkerFacts } from '../report/summary.ts';
import type { HostReport } from './engine.ts';

/** Every worker of every host that has given an outcome, numbered as they come. */
export class HostBook {
  readonly #workers = new Map<string, WorkerTally & { readonly host: string }>();
  readonly #begun = Date.now();
  #hosts: readonly HostReport[] = [];

  /** Those that take part now. */
  hosts(hosts: readonly HostReport[]): void {
    this.#hosts = hosts;
  }

  /** Of all hosts together. */
  get workers(): number {
    return this.#hosts.reduce((sum, { workers }) => sum + workers, 0);
  }

  worker(host: string, pid: number): WorkerTally {
    const key = `${host} ${pid}`;
    let tally = this.#workers.get(key);
    if (tally === undefined) {
      const id = this.#workers.size;
      tally = {
        host,
        id,
        pid,
        items: 0,
        failed: 0,
        busyMs: 0,
        encodingMs: 0,
        lines: 0,
        lastEnd: this.#begun,
      };
      this.#workers.set(key, tally);
    }
    return tally;
  }

  snapshots(): WorkerSnapshot[] {
    return [...this.#workers.values()].map(({ host, id, pid, items, failed, busyMs }) => ({
      id,
      pid,
      host,
      state: 'working' as const,
      done: items,
      failed,
      busy: busyMs,
      rss: null,
    }));
  }

  /** What each worker did until `end` (ms since the epoch): what is neither its items nor the tail is waiting. */
  facts(end: number): WorkerFacts[] {
    return [...this.#workers.values()].map(
      ({ host, id, pid, items, failed, busyMs, encodingMs, lines, lastEnd }) => {
        const aliveMs = Math.max(end - this.#begun, busyMs + encodingMs);
        const tailMs = Math.min(Math.max(0, end - lastEnd), aliveMs - busyMs - encodingMs);
        const waitingMs = aliveMs - busyMs - encodingMs - tailMs;
        return {
          worker: id,
          pid,
          host,
          items,
          failed,
          startupMs: 0,
          busyMs,
          encodingMs,
          transferMs: 0,
          waitingMs,
          tailMs,
          aliveMs,
          lines,
        };
      },
    );
  }
}
