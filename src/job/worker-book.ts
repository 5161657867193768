import type { Pool, WorkerStats } from '../../runtime/index.ts';
import type { WorkerSnapshot } from '../protocol/run.ts';
import type { WorkerFacts } from '../report/summary.ts';
import type { WorkerTally } from './collector.ts';

/** Every worker that a run had, by number and by process id. */
export class WorkerBook {
  readonly #byPid = new Map<number, WorkerTally>();
  readonly #all = new Map<number, WorkerTally>();
  readonly #ended = new Map<number, number>();
  readonly #begun = Date.now();

  /** Notes a worker; a process id that is used again belongs to the newer one. */
  note(id: number, pid: number): WorkerTally {
    const known = this.#all.get(id);
    if (known) return known;
    const tally = { id, pid, items: 0, failed: 0, busyMs: 0, encodingMs: 0, lines: 0, lastEnd: this.#begun };
    this.#all.set(id, tally);
    this.#byPid.set(pid, tally);
    return tally;
  }

  byPid(pid: number, pool: Pool): WorkerTally {
    const known = this.#byPid.get(pid);
    if (known) return known;
    const worker = pool.workers.find((candidate) => candidate.pid === pid);
    return this.note(worker?.id ?? -1, pid);
  }

  ended(id: number, time: number): void {
    this.#ended.set(id, time);
  }

  snapshots(pool: Pool): WorkerSnapshot[] {
    return pool.workers.map(({ id, pid, state, rss }) => {
      const { items, failed, busyMs } = this.note(id, pid);
      return { id, pid, state: STATES[state], done: items, failed, busy: busyMs, rss: rss ?? null };
    });
  }

  /** What each worker did until `end` (ms since the epoch). */
  facts(stats: readonly WorkerStats[], end: number): WorkerFacts[] {
    for (const { workerId, pid } of stats) this.note(workerId, pid);
    const byId = new Map(stats.map((worker) => [worker.workerId, worker]));
    return [...this.#all.values()]
      .sort((a, b) => a.id - b.id)
      .map((tally) =>
        workerFacts(tally, byId.get(tally.id), Math.min(this.#ended.get(tally.id) ?? end, end)),
      );
  }
}

const STATES = {
  starting: 'starting',
  initialising: 'starting',
  waiting: 'waiting',
  working: 'working',
  ending: 'ended',
} as const;

function workerFacts(tally: WorkerTally, stats: WorkerStats | undefined, end: number): WorkerFacts {
  const { id: worker, pid, items, failed, busyMs, lines } = tally;
  const startupMs = (stats?.startUp ?? 0) + (stats?.initialising ?? 0);
  const encodingMs = tally.encodingMs + (stats?.encoding ?? 0) + (stats?.decoding ?? 0);
  const transferMs = stats?.transferring ?? 0;
  // A worker that ended earlier waited for nobody; one that never had an item waited for all of its time.
  const tailMs = items > 0 ? Math.max(0, end - tally.lastEnd) : 0;
  const waitingMs = Math.max(0, (stats?.waiting ?? 0) - tailMs);
  const aliveMs = startupMs + busyMs + encodingMs + transferMs + waitingMs + tailMs;
  return {
    worker,
    pid,
    items,
    failed,
    startupMs,
    busyMs,
    encodingMs,
    transferMs,
    waitingMs,
    tailMs,
    aliveMs,
    lines,
  };
}
