import type {
  Baseline,
  HostSummary,
  Losses,
  ResultRow,
  RunSummary,
  Scaling,
  WorkerSummary,
} from '../protocol/run.ts';
import { forecast } from './forecast.ts';
import { type SweepFacts, scale } from './scaling.ts';
import { sampleMean, sum } from './statistics.ts';
import { judge } from './verdict.ts';
import { whatIf } from './what-if.ts';

/** What one worker did; times in ms. */
export interface WorkerFacts {
  readonly worker: number;
  readonly pid: number;
  /** `NAME/PID` of the host whose worker it is; default: this machine. */
  readonly host?: string | undefined;
  /** Items that it finished, failed ones included. */
  readonly items: number;
  readonly failed: number;
  /** From its spawn until it could take the first item. */
  readonly startupMs: number;
  /** In the user's function. */
  readonly busyMs: number;
  readonly encodingMs: number;
  readonly transferMs: number;
  /** Ready, without an item, while there was more to come. */
  readonly waitingMs: number;
  /** Ready, with nothing more to come, while others still worked. */
  readonly tailMs: number;
  /** From its spawn to its end or the end of the run. */
  readonly aliveMs: number;
  /** Lines that it wrote. */
  readonly lines: number;
}

/** All that was measured in a run. */
export interface RunFacts {
  readonly function: string;
  readonly dataset: string;
  readonly runDir: string;
  /** Version. */
  readonly node: string;
  readonly loader: 'native' | 'bundle';
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly interrupted: boolean;
  readonly skippedRecords: number;
  /** From the start of the pool to the last result, start-up included. */
  readonly wallMs: number;
  /** Items that were run, failed ones included. */
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly baseline:
    | { readonly kind: 'off'; readonly note?: string | undefined }
    | {
        readonly kind: 'sample' | 'full';
        /** Time in ms of each item that was timed alone: for a sample, drawn at random. */
        readonly times: readonly number[];
        /** Items in all. */
        readonly of: number;
        readonly note?: string | undefined;
      };
  /** Summed ms of the same items alone and in the run; null when there are none to compare. */
  readonly matched: { readonly alone: number; readonly parallel: number } | null;
  /** What a scaling sweep measured; default: there was none. */
  readonly sweep?: SweepFacts | undefined;
  /** Every worker process, those that were replaced included. */
  readonly workers: readonly WorkerFacts[];
  /** Workers at a time; default: as many as there are in `workers`. */
  readonly workerCount?: number | undefined;
  /** CPUs that the run could use; default: not known. */
  readonly cpus?: number | undefined;
  /** In any order. */
  readonly firstErrors: readonly ResultRow[];
}

/** Turns measurements into what `run.json` says. Pure and deterministic. */
export function summarise(facts: RunFacts): RunSummary {
  const workers = facts.workerCount ?? facts.workers.length;
  const baseline = estimateBaseline(facts);
  // What only failed did none of the work that was to be sped up.
  const measured = baseline.ms !== null && baseline.ms > 0 && facts.wallMs > 0 && facts.succeeded > 0;
  const speedup = measured && baseline.ms !== null ? baseline.ms / facts.wallMs : null;
  const speedupInterval: readonly [number, number] | null =
    speedup !== null && baseline.interval !== null
      ? [baseline.interval[0] / facts.wallMs, baseline.interval[1] / facts.wallMs]
      : null;
  const efficiency = speedup !== null && workers > 0 ? speedup / workers : null;
  const losses = whereTimeWent(facts, workers);
  const { interrupted, items, succeeded, failed, wallMs } = facts;
  const swept =
    facts.sweep !== undefined && measured && baseline.ms !== null && workers > 0
      ? scale(facts.sweep, { workers, items, baselineMs: baseline.ms, startupMs: losses.startup * wallMs })
      : null;
  const expected =
    speedup === null || workers < 1
      ? null
      : (swept?.forecast ?? forecast({ workers, speedup, interval: speedupInterval, items, losses }));
  return {
    version: 1,
    function: facts.function,
    dataset: facts.dataset,
    items,
    succeeded,
    failed,
    skippedRecords: facts.skippedRecords,
    interrupted,
    workers,
    node: facts.node,
    loader: facts.loader,
    startedAt: new Date(facts.startedAt).toISOString(),
    wallMs,
    baseline,
    speedup,
    speedupInterval,
    efficiency,
    losses,
    forecast: expected,
    scaling: swept?.scaling ?? notScaled(facts.sweep),
    whatIf:
      speedup === null || items === 0
        ? []
        : whatIf({ workers, speedup, interval: speedupInterval, losses, forecast: expected }),
    verdict: judge({
      ...{
        items,
        succeeded,
        failed,
        interrupted,
        workers,
        wallMs,
        speedup,
        speedupInterval,
        efficiency,
        losses,
      },
      cpus: facts.cpus ?? null,
      swept,
      baselineNote: baseline.note ?? null,
      busyMs: sum(facts.workers.map((worker) => worker.busyMs)),
    }),
    perWorker: facts.workers.map(summariseWorker),
    ...hostsOf(facts.workers),
    firstErrors: [...facts.firstErrors].sort((a, b) => a.index - b.index),
    runDir: facts.runDir,
  };
}

/** Nothing where all was done on this machine. */
function hostsOf(workers: readonly WorkerFacts[]): Pick<RunSummary, 'hosts'> {
  const hosts = new Map<string, HostSummary>();
  for (const { host, items, failed, busyMs } of workers) {
    if (host === undefined) continue;
    const sums = hosts.get(host) ?? { host, workers: 0, items: 0, failed: 0, busyMs: 0 };
    hosts.set(host, {
      host,
      workers: sums.workers + 1,
      items: sums.items + items,
      failed: sums.failed + failed,
      busyMs: sums.busyMs + busyMs,
    });
  }
  return hosts.size === 0 ? {} : { hosts: [...hosts.values()] };
}

/**
 * What the items that were run would have taken in one process. A sample's mean stands for all items, with the 95 %
 * interval of `sampleMean`; what is below the time measured already is cut off. Where fewer items were run than there
 * are (an interrupted run), the same mean counts for those only: speedup compares equal work.
 */
function estimateBaseline(facts: RunFacts): Baseline {
  const { baseline, items } = facts;
  const note = baseline.note === undefined ? {} : { note: baseline.note };
  if (baseline.kind === 'off' || baseline.times.length === 0) {
    return { kind: baseline.kind, ms: null, interval: null, items: 0, ...note };
  }
  const { kind, times, of } = baseline;
  // The length of a stream is not known before its end; the items that were run are some of it at least.
  const each = sampleMean(times, Math.max(of, items));
  if (items === times.length && of <= items) {
    const ms = sum(times);
    return { kind, ms, interval: [ms, ms], items: times.length, ...note };
  }
  const measured = items >= times.length ? sum(times) : 0;
  const interval: readonly [number, number] | null =
    each.interval === null
      ? null
      : [Math.max(each.interval[0] * items, measured), Math.max(each.interval[1] * items, measured)];
  return { kind, ms: each.mean * items, interval, items: times.length, ...note };
}

/**
 * Shares of workers x wall time. Contention is what the same items took longer than alone. Time that no worker accounts
 * for (a dead worker's place until its successor came, the parent's own work between two items) counts as waiting; where
 * clocks of different processes overlap and more is accounted for than there was, all shares shrink alike.
 */
function whereTimeWent(facts: RunFacts, workers: number): Losses {
  const total = (
    key: 'startupMs' | 'busyMs' | 'encodingMs' | 'transferMs' | 'waitingMs' | 'tailMs',
  ): number => sum(facts.workers.map((worker) => Math.max(0, worker[key])));
  const busy = total('busyMs');
  const slower = slowdownShare(facts.matched);
  const parts = {
    computing: busy * (1 - slower),
    contention: busy * slower,
    encoding: total('encodingMs'),
    transfer: total('transferMs'),
    startup: total('startupMs'),
    waiting: total('waitingMs'),
    imbalance: total('tailMs'),
  };
  parts.waiting += Math.max(0, workers * facts.wallMs - sum(Object.values(parts)));
  const whole = sum(Object.values(parts));
  if (!(whole > 0)) {
    return { computing: 0, contention: 0, encoding: 0, transfer: 0, startup: 0, waiting: 1, imbalance: 0 };
  }
  return {
    computing: parts.computing / whole,
    contention: parts.contention / whole,
    encoding: parts.encoding / whole,
    transfer: parts.transfer / whole,
    startup: parts.startup / whole,
    waiting: parts.waiting / whole,
    imbalance: parts.imbalance / whole,
  };
}

/** A sweep that there is nothing to compare with. */
function notScaled(sweep: SweepFacts | undefined): Scaling | null {
  if (sweep === undefined) return null;
  return { items: sweep.items, points: [], law: null, note: sweep.note ?? 'the speedup was not measured' };
}

function slowdownShare(matched: RunFacts['matched']): number {
  if (matched === null || !(matched.parallel > 0) || !(matched.alone >= 0)) return 0;
  return Math.max(0, 1 - matched.alone / matched.parallel);
}

function summariseWorker(worker: WorkerFacts): WorkerSummary {
  return {
    worker: worker.worker,
    pid: worker.pid,
    ...(worker.host === undefined ? {} : { host: worker.host }),
    items: worker.items,
    failed: worker.failed,
    startupMs: worker.startupMs,
    busyMs: worker.busyMs,
    encodingMs: worker.encodingMs,
    waitingMs: worker.waitingMs + worker.tailMs,
    lines: worker.lines,
  };
}
