import type { ForecastPoint, RunSummary, Scaling } from '../protocol/run.ts';
import { workerCounts } from './forecast.ts';
import { formatShare } from './format.ts';
import { english, type Translate } from './l10n.ts';
import { mean } from './statistics.ts';
import { uslBand } from './usl-band.ts';

/** What a scaling sweep measured; times in ms. */
export interface SweepFacts {
  /** Items that each run went through. */
  readonly items: number;
  /** What those items take alone, one after the other in one process. */
  readonly aloneMs: number;
  /** For each number of workers the time of every run, without the start of the workers. */
  readonly points: readonly { readonly workers: number; readonly runs: readonly number[] }[];
  /** Why there are fewer points than asked for, or none. */
  readonly note?: string | undefined;
}

/** The run that a sweep came before. */
export interface SweptRun {
  readonly workers: number;
  readonly items: number;
  /** Time in ms that one process needs for all items. */
  readonly baselineMs: number;
  /** Wall time in ms that the workers took to start. */
  readonly startupMs: number;
}

/**
 * Speedups of the whole run for every number of workers, from a sweep.
 *
 * The sweep says how the work scales, without the start of the workers. That is paid once by every run, whatever its length,
 * so it is added: speedup(n) = baseline / (start-up + baseline / law(n)). More workers than items do not help.
 * `forecast` is null where the sweep has fewer than two worker counts.
 */
export function scale(
  sweep: SweepFacts,
  run: SweptRun,
): { scaling: Scaling; forecast: ForecastPoint[] | null } {
  const whole = (speedup: number): number =>
    speedup > 0 ? 1 / (run.startupMs / run.baselineMs + 1 / speedup) : 0;
  const measured = sweep.points.filter(({ runs }) => runs.length > 0);
  const repeated = measured.map(({ workers, runs }) => ({
    workers,
    speedups: runs.map((ms) => sweep.aloneMs / ms),
  }));
  const points = repeated.map(({ workers, speedups }) => ({
    workers,
    speedup: whole(mean(speedups)),
    spread: [whole(Math.min(...speedups)), whole(Math.max(...speedups))] as const,
    runs: speedups.length,
  }));
  const band = uslBand(repeated);
  const scaling: Scaling = {
    items: sweep.items,
    points,
    law: band?.law ?? null,
    ...(sweep.note === undefined ? {} : { note: sweep.note }),
  };
  if (band === undefined) return { scaling, forecast: null };
  const counts = workerCounts(Math.max(...points.map(({ workers }) => workers)), [
    run.workers,
    2 * run.workers,
    ...points.map(({ workers }) => workers),
  ]);
  const forecast = counts.map((workers) => {
    const busy = Math.max(1, Math.min(workers, run.items));
    const [low, high] = band.interval(busy);
    return { workers, speedup: whole(band.speedup(busy)), interval: [whole(low), whole(high)] as const };
  });
  return { scaling, forecast };
}

/** How the forecast came about, for those who read it. */
export function forecastNote({ scaling }: Pick<RunSummary, 'scaling'>, t: Translate = english): string {
  if (!scaling?.law) {
    return t(
      'Reckoned from where the time of this one run went, given as many free cores: what each worker did once stays, the rest is divided. The band reaches from the best to the worst case that the measurement allows.',
    );
  }
  const { sigma, kappa } = scaling.law;
  const most = scaling.points.at(-1)?.workers ?? 1;
  return t(
    'A scalability law through a sweep with up to {0} workers, given as many free cores and this run’s start-up added: {1} of the work one at a time, {2} for each pair of workers. The band has every such law that the sweep does not rule out, at 95 %; the bars reach from the lowest to the highest run.',
    most,
    formatShare(sigma),
    formatShare(kappa),
  );
}
