/** What Manycore wants to reach, against what was measured in the same run. */
import { peers, type System, type SystemName } from '../systems/registry.ts';
import { extraOf, medianOf, resultOf, type WorkloadRecord } from './record.ts';
import { figure, median } from './statistics.ts';

interface Goal {
  readonly workload: string;
  readonly text: string;
  /** Null when what it compares with did not run. */
  readonly judge: (
    record: WorkloadRecord,
  ) => { readonly value: number; readonly shown: string; readonly reached: boolean } | null;
}

export interface Verdict {
  readonly text: string;
  readonly shown: string;
  readonly reached: boolean;
}

const processes = peers((system) => system.workers === 'processes');
const threadPools = peers((system) => system.workers === 'threads' && system.by === 'library');
const libraries = peers((system: System) => system.by === 'library');
const ownApis = libraries.filter((name) => !name.startsWith('python-'));
const chunked = peers((_, name) => name.endsWith('-chunked'));
const PYTHON = 'python-objects';

const goals: readonly Goal[] = [
  atMost('noop-100k', 0.7, ['python-pool', 'piscina-chunked']),
  efficient('spin-10us-200k', 0.95),
  {
    workload: 'spin-10us-200k',
    text: 'watching costs less than 2 %',
    judge: (record) => {
      const value = medianOf(record, 'manycore-watched') / medianOf(record, 'manycore') - 1;
      return known(value, `${figure(value * 100)} %`, value < 0.02);
    },
  },
  efficient('spin-1ms-2000', 0.97),
  efficient('pareto', 0.96),
  atMost('round-trip', 1, threadPools),
  timesFaster('echo-1KB-20k', 4, ownApis, "peers' own APIs"),
  timesFaster('echo-1KB-20k', 1.5, chunked, 'hand-chunked pools'),
  timesFaster('array-in-1MB-200', 3, processes, 'pools of processes'),
  timesFaster('array-in-1MB-200', 1, threadPools, 'thread pools, without transfer'),
  timesFaster('array-out-1MB-200', 3, processes, 'pools of processes'),
  timesFaster('array-out-1MB-200', 1, threadPools, 'thread pools, without transfer'),
  atMost('cold-start', 1.25, ['fork']),
  below('shutdown', 5, 'ms'),
  below('stream-5M', 50, 'MB'),
  below('kill-in-the-middle', 1, 'item lost'),
  timesPython('queue-100k', 2),
  timesPython('queue-1MB-500', 4),
  timesPython('pipe-round-trip', 1),
  below('lock', 1.5, 'us'),
  {
    workload: 'lock',
    text: 'at most 0.5 us in its blocking form',
    judge: (record) => {
      const value = extraOf(record, 'manycore', 'blocking');
      return known(value, `${figure(value)} us`, value <= 0.5);
    },
  },
  timesPython('lock-contended', 1),
  {
    workload: 'lock-contended',
    text: "in its blocking form at least 1 x as fast as Python's, which has no other",
    judge: (record) => {
      const value = medianOf(record, PYTHON) / extraOf(record, 'manycore', 'blocking');
      return known(value, `${figure(value)} x ${PYTHON}`, value >= 1);
    },
  },
  {
    workload: 'shared-array',
    text: 'within 10 % of an array of this process',
    judge: (record) => {
      const value = medianOf(record, 'manycore') / extraOf(record, 'manycore', 'plain');
      return known(value, `${figure(value)} x a Float64Array`, value <= 1.1);
    },
  },
];

/** The goals of this workload, for which there are figures. */
export function judge(record: WorkloadRecord): Verdict[] {
  return goals
    .filter(({ workload }) => workload === record.workload)
    .flatMap(({ text, judge }) => {
      const verdict = judge(record);
      return verdict ? [{ text, shown: verdict.shown, reached: verdict.reached }] : [];
    });
}

/** The best of `names` and its median; null when none of them ran. */
export function best(
  record: WorkloadRecord,
  names: readonly SystemName[],
): { name: string; value: number } | null {
  const ran = names
    .map((name) => ({ name, value: medianOf(record, name) }))
    .filter(({ value }) => Number.isFinite(value));
  return ran.length === 0 ? null : ran.reduce((a, b) => (b.value < a.value ? b : a));
}

function atMost(workload: string, limit: number, names: readonly SystemName[]): Goal {
  return {
    workload,
    text: `at most ${limit} x ${names.length > 2 ? 'the best thread-based pool' : names.join(' or ')}`,
    judge: (record) => {
      const peer = best(record, names);
      if (!peer) return null;
      const value = medianOf(record, 'manycore') / peer.value;
      return known(value, `${figure(value)} x ${peer.name}`, value <= limit);
    },
  };
}

function timesFaster(workload: string, least: number, names: readonly SystemName[], what: string): Goal {
  return {
    workload,
    text: `at least ${least} x as fast as the best of ${what}`,
    judge: (record) => {
      const peer = best(record, names);
      if (!peer) return null;
      const value = peer.value / medianOf(record, 'manycore');
      return known(value, `${figure(value)} x ${peer.name}`, value >= least);
    },
  };
}

function timesPython(workload: string, least: number): Goal {
  return {
    workload,
    text: `at least ${least} x as fast as Python's`,
    judge: (record) => {
      const value = medianOf(record, PYTHON) / medianOf(record, 'manycore');
      return known(value, `${figure(value)} x ${PYTHON}`, value >= least);
    },
  };
}

function efficient(workload: string, least: number): Goal {
  return {
    workload,
    text: `at least ${least * 100} % of the ideal`,
    judge: (record) => {
      const result = resultOf(record, 'manycore');
      const value = median(result?.efficiency ?? []);
      const bare = median(result?.sideBySide ?? []);
      const shown = `${figure(value * 100)} % (${figure(bare * 100)} % of bare processes side by side)`;
      return known(value, shown, value >= least);
    },
  };
}

function below(workload: string, limit: number, unit: string): Goal {
  return {
    workload,
    text: `at most ${limit} ${unit}`,
    judge: (record) => {
      const value = medianOf(record, 'manycore');
      return known(value, `${figure(value)} ${unit}`, value <= limit);
    },
  };
}

const known = (value: number, shown: string, reached: boolean) =>
  Number.isNaN(value) ? null : { value, shown, reached };
