import type { ForecastPoint, Message, Scaling } from '../protocol/run.ts';
import { workerCount } from './counts.ts';
import { formatSpeedupInterval } from './format.ts';
import { message } from './l10n.ts';

/** From this share of the speedup on, fewer workers count as being as fast. */
const AS_FAST = 0.97;
/** A gain below this factor is none. */
const GAIN = 1.05;

/** A clause of a verdict, to follow a semicolon. */
export interface Outlook {
  /** `fewer` workers would do as well; or what `more` would give. */
  readonly kind: 'fewer' | 'more';
  readonly said: Message;
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
    return {
      kind: 'fewer',
      said: message('the sweep was as fast with {0}', workerCount(fewer.workers, message)),
    };
  const now = forecast.find((point) => point.workers === workers);
  const more = forecast.find((point) => point.workers === 2 * workers);
  if (now === undefined || more === undefined) return null;
  const gain =
    more.interval[1] < GAIN * now.speedup
      ? message('{0} would gain nothing', more.workers)
      : message('{0} would give {1}', more.workers, formatSpeedupInterval(more.interval, message));
  return { kind: 'more', said: message('by the sweep, {0}', gain) };
}
