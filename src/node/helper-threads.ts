import { availableParallelism } from 'node:os';

/** As many as Node has by default, however many CPUs there are. */
const DEFAULT = 4;

/**
 * The flag of Node that leaves a CPU to the main thread: its threads that compile and collect garbage are four even on two
 * CPUs, where the main thread of an analysis waits a fifth of its time for one.
 */
export function helperThreads(cpus: number = availableParallelism()): string {
  return `--v8-pool-size=${Math.min(DEFAULT, Math.max(1, cpus - 1))}`;
}
