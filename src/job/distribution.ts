import type { RunProgress } from '../protocol/run.ts';
import type { WorkerFacts } from '../report/summary.ts';
import type { PoolRunOptions } from './pool-run.ts';

/** What runs the items: the pool of this machine, or the hosts of an engine. */
export interface ItemRun {
  progress(): RunProgress;
  /** Until every item has an outcome or the run is stopped. Never rejects for an item's sake. */
  run(): Promise<{ wallMs: number; workers: WorkerFacts[] }>;
}

export interface DistributionOptions extends PoolRunOptions {
  /** `score.ts#score`. */
  readonly title: string;
  readonly runDir: string;
  /** ms that an item takes alone; null where it was not measured. */
  readonly itemMs: number | null;
}

/** An engine that was reached. Handed in by who starts a run, so that nothing of it is loaded without one. */
export interface Distribution extends AsyncDisposable {
  readonly workers: { readonly count: number; readonly reason: string };
  start(options: DistributionOptions): Promise<ItemRun>;
}
