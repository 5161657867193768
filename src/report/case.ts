import type { ForecastPoint, Losses, Scaling } from '../protocol/run.ts';

/** What a run is judged by. Times in ms. */
export interface Case {
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly interrupted: boolean;
  readonly workers: number;
  /** CPUs that the run could use; null where that is not known. */
  readonly cpus: number | null;
  readonly wallMs: number;
  readonly busyMs: number;
  readonly speedup: number | null;
  readonly speedupInterval: readonly [number, number] | null;
  readonly efficiency: number | null;
  readonly losses: Losses;
  /** What a sweep measured, and the forecast from it; null without one. */
  readonly swept?: { readonly scaling: Scaling; readonly forecast: readonly ForecastPoint[] | null } | null;
  /** Why the baseline was not measured. */
  readonly baselineNote: string | null;
}
