import type { RunSummary } from '../../protocol/run.ts';
import { workerCount } from '../../report/counts.ts';
import { formatSpeedup, formatSpeedupInterval } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';

/** The columns that the chart draws, one entry for each number of workers, null where there is no point. */
export interface Curve {
  readonly workers: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly ideal: readonly number[];
  readonly likely: readonly number[];
  readonly swept: readonly (number | null)[];
  /** Lowest and highest run of a sweep. */
  readonly spreads: readonly (readonly [number, number] | null)[];
  readonly run: readonly (number | null)[];
}

/** Null where nothing is forecast. */
export function curveOf(summary: RunSummary): Curve | null {
  const { forecast, scaling, speedup } = summary;
  if (forecast === null || forecast.length === 0) return null;
  const measured = new Map(scaling?.points.map((point) => [point.workers, point]));
  return {
    workers: forecast.map(({ workers }) => workers),
    high: forecast.map(({ interval }) => interval[1]),
    low: forecast.map(({ interval }) => interval[0]),
    ideal: forecast.map(({ workers }) => workers),
    likely: forecast.map((point) => point.speedup),
    swept: forecast.map(({ workers }) => measured.get(workers)?.speedup ?? null),
    spreads: forecast.map(({ workers }) => measured.get(workers)?.spread ?? null),
    run: forecast.map(({ workers }) => (workers === summary.workers ? speedup : null)),
  };
}

/** One number of workers in words: `4 workers: 3.4x expected (3.1x to 3.8x)`, and what was measured. */
export function describePoint(curve: Curve, index: number): string {
  const [workers, likely] = [curve.workers[index] ?? 0, curve.likely[index] ?? 0];
  const band = formatSpeedupInterval([curve.low[index] ?? 0, curve.high[index] ?? 0], l10n.t);
  const parts = [l10n.t('{0}: {1} expected ({2})', workerCount(workers), formatSpeedup(likely), band)];
  const [swept, run] = [curve.swept[index] ?? null, curve.run[index] ?? null];
  if (swept !== null) parts.push(l10n.t('sweep {0}', formatSpeedup(swept)));
  if (run !== null) parts.push(l10n.t('this run {0}', formatSpeedup(run)));
  return parts.join(', ');
}
