/** What is kept of a workload's run: `results/<workload>.json`. */
import type { SystemResult } from '../rounds.ts';
import { median } from './statistics.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly python: string | null;
  readonly packages: Readonly<Record<string, string>>;
  readonly commit: string;
}

export interface WorkloadRecord {
  readonly workload: string;
  readonly date: string;
  readonly workers: number;
  readonly repeats: number;
  readonly quick: boolean;
  readonly count: number;
  /** One-minute load average before and after: above the number of workers, others used the machine. */
  readonly load: readonly [before: number, after: number];
  readonly machine: Machine;
  readonly results: readonly SystemResult[];
}

/** Median figure of a system; NaN when it has none. */
export const medianOf = (record: WorkloadRecord, system: string): number =>
  median(resultOf(record, system)?.readings.map(({ value }) => value) ?? []);

/** The same for one of the further figures. */
export const extraOf = (record: WorkloadRecord, system: string, name: string): number =>
  median(resultOf(record, system)?.readings.map(({ extra }) => extra[name] ?? Number.NaN) ?? []);

export const resultOf = (record: WorkloadRecord, system: string): SystemResult | undefined =>
  record.results.find((result) => result.system === system);
