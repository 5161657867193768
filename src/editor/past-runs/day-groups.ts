import * as l10n from '../../report/l10n.ts';
import type { ListedRun } from './run-list.ts';

/** Runs of about the same age. */
export interface RunGroup {
  readonly label: string;
  readonly runs: readonly ListedRun[];
}

const DAY = 24 * 60 * 60 * 1000;

/** Puts runs together by the day, in local time, the newest first; groups without any are left out. Pure. */
export function groupByDay(runs: readonly ListedRun[], now: number): RunGroup[] {
  const today = midnight(now);
  // A day of a change of the clocks has 23 or 25 hours: the middle of the day before lies in that day.
  const yesterday = midnight(today - DAY / 2);
  const groups: [string, number][] = [
    [l10n.t('Today'), today],
    [l10n.t('Yesterday'), yesterday],
    [l10n.t('Last 7 Days'), midnight(today - 6.5 * DAY)],
    [l10n.t('Last 30 Days'), midnight(today - 29.5 * DAY)],
    [l10n.t('Older'), Number.NEGATIVE_INFINITY],
  ];
  let before = Number.POSITIVE_INFINITY;
  return groups.flatMap(([label, from]) => {
    const to = before;
    before = from;
    const members = runs.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    return members.length === 0 ? [] : [{ label, runs: members }];
  });
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
