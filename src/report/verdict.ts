import type { Losses, Verdict } from '../protocol/run.ts';
import { formatMs, formatShare, formatSpeedup, plural } from './format.ts';

/** From this speedup on, and this efficiency, a parallel run is worth it. */
export const WORTH_IT_SPEEDUP = 1.5;
export const WORTH_IT_EFFICIENCY = 0.4;
/** Below this it is not; between, it is marginal. */
export const MARGINAL_SPEEDUP = 1.1;
/** A loss below this share is not worth a word where the run is worth it. */
const NOTABLE_LOSS = 0.1;
/** Below this many ms an item's own work drowns in what surrounds it. */
const SHORT_ITEM_MS = 0.1;

/** What the verdict is given. Times in ms. */
export interface Case {
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly interrupted: boolean;
  readonly workers: number;
  readonly wallMs: number;
  readonly busyMs: number;
  readonly speedup: number | null;
  readonly speedupInterval: readonly [number, number] | null;
  readonly efficiency: number | null;
  readonly losses: Losses;
  /** Why the baseline was not measured. */
  readonly baselineNote: string | null;
}

/** A verdict's text for where its kind stands beside it: without the words that say it again. */
export function withoutKind(text: string): string {
  return text.replace(/^(?:Worth it|Marginal|Not worth it): /, '');
}

/** Whether running in parallel was worth it, why, and the first thing to change, in one sentence. */
export function judge(run: Case): Verdict {
  if (run.items === 0) {
    const why = run.interrupted
      ? 'the run was stopped before the first item was done'
      : 'the dataset has no items';
    return { kind: 'not-measured', text: `Nothing was run: ${why}.` };
  }
  if (run.succeeded === 0) {
    return {
      kind: 'not-measured',
      text: 'Every item failed, so the speedup says nothing: look at the first error and run again.',
    };
  }
  if (run.speedup === null || run.efficiency === null) {
    const why = run.baselineNote ?? 'there is no baseline';
    return {
      kind: 'not-measured',
      text: `The speedup was not measured (${why}): run with the baseline "sample" or "full" to know it.`,
    };
  }
  return judgeMeasured(run, run.speedup, run.efficiency);
}

function judgeMeasured(run: Case, speedup: number, efficiency: number): Verdict {
  const low = run.speedupInterval?.[0] ?? speedup;
  const kind = rate(speedup, efficiency, low);
  const after = run.interrupted ? ` over the ${plural(run.items, 'item')} done before it was stopped` : '';
  const fact = `${formatSpeedup(speedup)} with ${plural(run.workers, 'worker')}${after}`;
  const cause = mainLoss(run);
  const share = cause === null ? 0 : run.losses[cause];
  if (kind === 'worth-it') {
    const rest =
      cause !== null && share >= NOTABLE_LOSS
        ? `next, ${advice(run, cause)}`
        : `${formatShare(run.losses.computing)} of the workers' time went into your function, so there is little left to gain`;
    return { kind, text: `Worth it: ${fact}; ${rest}.` };
  }
  const lead = kind === 'marginal' ? 'Marginal' : 'Not worth it';
  if (run.workers === 1) {
    return { kind, text: `${lead}: ${fact}; one worker can at best be as fast as none, so use more.` };
  }
  if (cause === null || share < NOTABLE_LOSS) {
    const doubt = low < MARGINAL_SPEEDUP && speedup >= MARGINAL_SPEEDUP;
    const rest = doubt
      ? 'the baseline is too uncertain to say more, so measure it in full'
      : 'no single loss explains it, so measure the baseline in full and see whether other programs kept the cores busy';
    return { kind, text: `${lead}: ${fact}; ${rest}.` };
  }
  return { kind, text: `${lead}: ${fact}; ${advice(run, cause)}.` };
}

function rate(speedup: number, efficiency: number, low: number): 'worth-it' | 'marginal' | 'not-worth-it' {
  if (speedup < MARGINAL_SPEEDUP) return 'not-worth-it';
  // An interval that reaches down to no gain at all does not bear a firm yes.
  if (speedup < WORTH_IT_SPEEDUP || efficiency < WORTH_IT_EFFICIENCY || low < MARGINAL_SPEEDUP)
    return 'marginal';
  return 'worth-it';
}

type Loss = Exclude<keyof Losses, 'computing'>;

function mainLoss(run: Case): Loss | null {
  const { computing: _, ...rest } = run.losses;
  let main: Loss | null = null;
  for (const [name, share] of Object.entries(rest) as [Loss, number][]) {
    if (share > 0 && (main === null || share > run.losses[main])) main = name;
  }
  return main;
}

/** What took the time and the first thing to change, to follow a semicolon. */
function advice(run: Case, cause: Loss): string {
  const share = formatShare(run.losses[cause]);
  const each = run.busyMs / run.items;
  const short = each < SHORT_ITEM_MS;
  switch (cause) {
    case 'startup':
      return `starting the workers took ${share} of their time, so give one run more items (this one took ${formatMs(run.wallMs)}) or fewer workers`;
    case 'contention':
      return `items took longer beside each other than alone (${share} of the time), so try fewer workers: memory or caches are likely the limit`;
    case 'encoding':
      return `encoding took ${share} of the time, so pass and return less: a path, a key or a summary in place of the data`;
    case 'transfer':
      return short
        ? `an item takes ${formatMs(each)} and moving it ${share} of the time, so send larger chunks or let each item do more`
        : `moving data took ${share} of the time, so pass and return less: a path, a key or a summary in place of the data`;
    case 'waiting':
      return short
        ? `an item takes ${formatMs(each)}, too short to keep workers busy (${share} waiting), so send larger chunks or let each item do more`
        : `workers waited ${share} of the time for items, so read the input faster: from a local or a simpler file`;
    case 'imbalance':
      return `workers waited ${share} of the time for the last ones to finish, so use smaller chunks or put the longest items first`;
  }
}
