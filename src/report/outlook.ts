import type { ForecastPoint, Scaling } from '../protocol/run.ts';
import { formatSpeedup, formatSpeedupInterval, plural } from './format.ts';

/** From this share of the speedup on, fewer workers count as being as fast. */
const AS_FAST = 0.97;
/** A gain below this factor is none. */
const GAIN = 1.05;

/**
 * What a sweep says beyond the run itself: that fewer workers would do, or what twice as many would give on as many cores.
 * A clause to follow a semicolon; null without a law.
 */
export function outlook(
  workers: number,
  scaling: Scaling,
  forecast: readonly ForecastPoint[] | null,
): string | null {
  if (scaling.law === null || forecast === null) return null;
  const here = scaling.points.find((point) => point.workers === workers);
  const fewer = scaling.points.find(
    (point) => point.workers < workers && here !== undefined && point.speedup >= AS_FAST * here.speedup,
  );
  if (fewer !== undefined && here !== undefined) {
    return `in the sweep ${plural(fewer.workers, 'worker')} gave ${formatSpeedup(fewer.speedup)} and ${workers} gave ${formatSpeedup(here.speedup)}, so use ${fewer.workers}`;
  }
  const now = forecast.find((point) => point.workers === workers);
  const more = forecast.find((point) => point.workers === 2 * workers);
  if (now === undefined || more === undefined) return null;
  if (more.interval[1] < GAIN * now.speedup) return `more than ${workers} would gain nothing, by the sweep`;
  return `by the sweep, ${more.workers} on as many cores would give ${formatSpeedupInterval(more.interval)}`;
}
