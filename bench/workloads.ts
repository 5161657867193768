/** The workloads: one work for all systems, and who can do it. */
import type { ItemKind, MeasureName, TaskName } from './protocol.ts';
import { peers, type SystemName } from './systems/registry.ts';

export interface Workload {
  readonly name: string;
  /** What is done and what the figure is. */
  readonly what: string;
  readonly measure: MeasureName;
  readonly task: TaskName;
  readonly items: ItemKind;
  readonly count: number;
  /** Items with `--quick`. */
  readonly quick: number;
  readonly unit: 'ms' | 'us' | 'ns' | 'MB' | 'items lost';
  /** Time of each item in ms, repeated; given to workers as iterations of the fixed loop. */
  readonly durations?: readonly number[];
  /** The figure is compared with the ideal of the same round. */
  readonly ideal?: boolean;
  /** Bytes that cross for each item, where throughput is what counts. */
  readonly bytes?: number;
  readonly systems: readonly SystemName[];
  /** Why the others are not in it. */
  readonly others?: string;
}

const ARRAY_BYTES = 1_048_576;
const NOT_SHARED = 'The other systems share no such thing between processes.';

const everybody: readonly SystemName[] = ['manycore', ...peers()];
const withWatched: readonly SystemName[] = ['manycore', 'manycore-watched', ...peers()];
const oneAtATime: readonly SystemName[] = ['manycore', ...peers((_, name) => !name.endsWith('-chunked'))];
const objects: readonly SystemName[] = ['manycore', 'python-objects'];
const chunkedBesides = 'A hand-chunked pool is the same pool there.';

export const workloads: readonly Workload[] = [
  {
    name: 'noop-100k',
    what: 'A function that gives back its argument, over 100,000 integers, with a warm pool.',
    ...{ measure: 'map', task: 'noop', items: 'integers', count: 100_000, quick: 100_000, unit: 'ms' },
    systems: withWatched,
  },
  {
    name: 'spin-10us-200k',
    what: '200,000 items of 10 us of CPU each.',
    ...{ measure: 'map', task: 'spin', items: 'iterations', count: 200_000, quick: 30_000, unit: 'ms' },
    durations: [0.01],
    ideal: true,
    systems: withWatched,
  },
  {
    name: 'spin-1ms-2000',
    what: '2,000 items of 1 ms of CPU each.',
    ...{ measure: 'map', task: 'spin', items: 'iterations', count: 2000, quick: 400, unit: 'ms' },
    durations: [1],
    ideal: true,
    systems: everybody,
  },
  {
    name: 'pareto',
    what: '1,000 items whose CPU time is Pareto-distributed: most take 1 ms, a few up to 60 ms.',
    ...{ measure: 'map', task: 'spin', items: 'iterations', count: 1000, quick: 200, unit: 'ms' },
    durations: paretoDurations(1000),
    ideal: true,
    systems: everybody,
  },
  {
    name: 'echo-1KB-20k',
    what: '20,000 objects of about 1 KB, sent and given back.',
    ...{ measure: 'map', task: 'echo', items: 'objects', count: 20_000, quick: 5000, unit: 'ms' },
    systems: everybody,
  },
  {
    name: 'array-in-1MB-200',
    what: '200 Float64Arrays of 1 MiB go to workers; a number comes back.',
    ...{ measure: 'map', task: 'takeArray', items: 'arrays', count: 200, quick: 40, unit: 'ms' },
    bytes: ARRAY_BYTES,
    systems: everybody,
  },
  {
    name: 'array-out-1MB-200',
    what: 'Workers make 200 Float64Arrays of 1 MiB, which come back.',
    ...{ measure: 'map', task: 'makeArray', items: 'arrays', count: 200, quick: 40, unit: 'ms' },
    bytes: ARRAY_BYTES,
    systems: everybody,
  },
  {
    name: 'round-trip',
    what: 'One task at a time with a warm pool: time from the call to its result, p50.',
    ...{ measure: 'round-trip', task: 'noop', items: 'integers', count: 5000, quick: 1000, unit: 'us' },
    systems: oneAtATime,
    others: chunkedBesides,
  },
  {
    name: 'cold-start',
    what: 'From before the library is imported to the first result of one task for each worker.',
    ...{ measure: 'cold-start', task: 'noop', items: 'integers', count: 1, quick: 1, unit: 'ms' },
    systems: oneAtATime,
    others: chunkedBesides,
  },
  {
    name: 'shutdown',
    what: 'Ending a warm, idle pool, until it says that its workers have ended.',
    ...{ measure: 'shutdown', task: 'noop', items: 'integers', count: 1, quick: 1, unit: 'ms' },
    systems: oneAtATime,
    others: chunkedBesides,
  },
  {
    name: 'stream-5M',
    what: '5,000,000 integers from a generator, results taken one by one: growth of the parent after the first 100,000.',
    ...{ measure: 'stream', task: 'noop', items: 'integers', count: 5_000_000, quick: 500_000, unit: 'MB' },
    systems: ['manycore', 'python-pool', 'python-executor'],
    others: 'The other systems have no call that reads its input lazily.',
  },
  {
    name: 'kill-in-the-middle',
    what: 'One of 200 items ends its worker (SIGKILL; a thread exits). Items without a result: 1 is the best there is.',
    ...{
      measure: 'kill',
      task: 'spinOrDie',
      items: 'iterations',
      count: 200,
      quick: 200,
      unit: 'items lost',
    },
    durations: [2],
    systems: ['manycore', ...peers((system) => system.by === 'library')],
    others: 'What is written by hand does what its writer thought of.',
  },
  {
    name: 'queue-100k',
    what: '100,000 integers through a queue without a limit: one process puts them one by one, one takes them.',
    ...{ measure: 'queue', task: 'noop', items: 'integers', count: 100_000, quick: 20_000, unit: 'ms' },
    systems: objects,
    others: NOT_SHARED,
  },
  {
    name: 'queue-1MB-500',
    what: '500 buffers of 1 MiB through a queue without a limit: one process puts them one by one, one takes them.',
    ...{ measure: 'queue', task: 'noop', items: 'arrays', count: 500, quick: 100, unit: 'ms' },
    systems: objects,
    others: NOT_SHARED,
  },
  {
    name: 'pipe-round-trip',
    what: 'A number to another process through a pipe and back, one at a time, p50.',
    ...{ measure: 'pipe', task: 'noop', items: 'integers', count: 20_000, quick: 2000, unit: 'us' },
    systems: objects,
    others: NOT_SHARED,
  },
  {
    name: 'lock',
    what: 'Taking and giving back a lock that nobody else wants.',
    ...{ measure: 'lock', task: 'noop', items: 'integers', count: 500_000, quick: 100_000, unit: 'us' },
    systems: objects,
    others: NOT_SHARED,
  },
  {
    name: 'lock-contended',
    what: 'The same while as many processes as there are workers do nothing else: time for each holding.',
    ...{ measure: 'contended', task: 'noop', items: 'integers', count: 200_000, quick: 40_000, unit: 'us' },
    systems: objects,
    others: NOT_SHARED,
  },
  {
    name: 'shared-array',
    what: 'Reading and writing each element of a shared array of 1 MiB of doubles, in one process.',
    ...{ measure: 'array', task: 'noop', items: 'integers', count: 200, quick: 50, unit: 'ns' },
    systems: objects,
    others: NOT_SHARED,
  },
];

/** Pareto with shape 1.3 from 1 ms, cut at 60 ms; the same numbers in every run. */
function paretoDurations(count: number): number[] {
  let state = 20_240_601;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.min(60, (1 - state / 2 ** 32) ** (-1 / 1.3));
  });
}
