import type { ForecastPoint, Scaling } from '../protocol/run.ts';
import { formatSpeedupInterval, plural } from './format.ts';

/** From this share of the speedup on, fewer workers count as being as fast. */
const AS_FAST = 0.97;
/** A gain below this factor is none. */
const GAIN = 1.05;

/** A clause of a verdict, to follow a semicolon. */
export interface Outlook {
  /** `fewer` workers would do as well; or what `more` would give. */
  readonly kind: 'fewer' | 'more';
  readonly text: string;
}

/** What a sweep says beyond the run itself; null without a law. Twice as many workers are meant to be on as many cores. */
export function outlook(
  workers: number,
  scaling: Scaling,
  forecast: readonly ForecastPoint[] | null,
): Outlook | null {
  if (scaling.law === null || forecast === null) return null;
  const here = scaling.points.find((point) => point.workers === workers);
  const fewer = scaling.points.find(
    (point) => point.workers < workers && here !== undefined && point.speedup >= AS_FAST * here.speedup,
  );
  if (fewer !== undefined)
    return { kind: 'fewer', text: `the sweep was as fast with ${plural(fewer.workers, 'worker')}` };
  const now = forecast.find((point) => point.workers === workers);
  const more = forecast.find((point) => point.workers === 2 * workers);
  if (now === undefined || more === undefined) return null;
  const gain =
    more.interval[1] < GAIN * now.speedup
      ? `${more.workers} would gain nothing`
      : `${more.workers} would give ${formatSpeedupInterval(more.interval)}`;
  return { kind: 'more', text: `by the sweep, ${gain}` };
}
