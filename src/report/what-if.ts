import type { ForecastPoint, Losses, WhatIf } from '../protocol/run.ts';
import { english, type Translate } from './l10n.ts';
import { LOSS_KINDS } from './losses.ts';

/** A change that gives less than this factor is not worth a word. */
export const NOTABLE_GAIN = 1.01;

/** A run whose speedup was measured. */
export interface MeasuredRun {
  readonly workers: number;
  readonly speedup: number;
  readonly interval: readonly [number, number] | null;
  readonly losses: Losses;
  readonly forecast: readonly ForecastPoint[] | null;
}

/**
 * The speedup that each single change would give, the largest first: one loss gone, all of them gone, or twice as many
 * workers on as many more cores.
 *
 * Losses are shares of workers x wall time. Without a share `s`, the same work evenly divided takes (1 - s) of the wall
 * time, so the speedup is divided by 1 - s. It is cut off at the number of workers: where more is left, the baseline was
 * slower than the items in the run, and that is no gain. More workers are as the forecast has them.
 */
export function whatIf(run: MeasuredRun): WhatIf[] {
  const gone: WhatIf[] = LOSS_KINDS.flatMap(({ key }) =>
    key === 'computing' || run.losses[key] <= 0 ? [] : [{ change: key, ...without(run, run.losses[key]) }],
  );
  const all: WhatIf = { change: 'all', ...without(run, 1 - run.losses.computing) };
  const more = run.forecast?.find(({ workers }) => workers === 2 * run.workers);
  const workers: WhatIf[] = more === undefined ? [] : [{ change: 'workers', ...more }];
  return [...workers, all, ...gone].sort((a, b) => b.speedup - a.speedup);
}

function without({ workers, speedup, interval }: MeasuredRun, share: number): Omit<WhatIf, 'change'> {
  const most = Math.max(workers, speedup);
  const faster = (value: number): number => (share < 1 ? Math.min(most, value / (1 - share)) : most);
  return {
    workers,
    speedup: faster(speedup),
    interval: interval === null ? null : [faster(interval[0]), Math.max(interval[1], faster(interval[1]))],
  };
}

/** A change, as people are told of it. */
export function whatIfText({ change, workers }: WhatIf, t: Translate = english): string {
  switch (change) {
    case 'workers':
      return t('{0} workers on {1} cores', workers, workers);
    case 'all':
      return t('Nothing lost at all');
    case 'contention':
      return t('No contention');
    case 'encoding':
      return t('No encoding');
    case 'transfer':
      return t('No transfer');
    case 'startup':
      return t('No starting up (warm workers)');
    case 'waiting':
      return t('No waiting for input');
    case 'imbalance':
      return t('No waiting at the end (even shares)');
  }
}
