import type { RunSummary, WorkerSummary } from '../protocol/run.ts';
import { formatCount, formatMs, formatShare, formatSpeedup, plural } from './format.ts';
import { LOSS_KINDS } from './losses.ts';

/** What a difference means: `unclear` is within what two runs of the same differ by, `other` is neither good nor bad. */
export type Change = 'better' | 'worse' | 'unclear' | 'other';

/** A number of both runs, with its 95 % interval where it has one. */
export interface ComparedNumbers {
  readonly first: number | null;
  readonly second: number | null;
  readonly firstInterval: Interval | null;
  readonly secondInterval: Interval | null;
}

type Interval = readonly [number, number];

/** One fact of two runs. */
export interface ComparedFact {
  readonly name: string;
  /** What was run, what was measured, or a share of the workers' time. */
  readonly group: 'setup' | 'measured' | 'time';
  readonly first: string;
  readonly second: string;
  /** Whether it is another one; numbers are, as soon as they are shown as others. */
  readonly differs: boolean;
  /** second / first, for numbers. */
  readonly ratio: number | null;
  /** Null where nothing differs. */
  readonly change: Change | null;
  /** Null for texts. */
  readonly numbers: ComparedNumbers | null;
}

/** Two numbers without intervals that differ by less than this share say nothing: the same run differs by as much from itself. */
const NOISE = 0.05;
/** The same for shares of the workers' time, in parts of the whole. */
const SHARE_NOISE = 0.02;

interface NumberOf {
  readonly of: (run: RunSummary) => number | null;
  readonly format: (value: number) => string;
  readonly interval?: (run: RunSummary) => Interval | null;
  /** Which way is better; left out where neither is. */
  readonly good?: 'less' | 'more';
  /** Differences up to this are `unclear`, in the number's own unit; default: a share of it. */
  readonly noise?: number;
}

/** Two runs beside each other: what was run, where, how long it took and where the time went. Pure. */
export function compareRuns(first: RunSummary, second: RunSummary): readonly ComparedFact[] {
  const text = (name: string, of: (run: RunSummary) => string): ComparedFact => {
    const [a, b] = [of(first), of(second)];
    const differs = a !== b;
    const change = differs ? 'other' : null;
    return { name, group: 'setup', first: a, second: b, differs, ratio: null, change, numbers: null };
  };
  const number = (group: ComparedFact['group'], name: string, asked: NumberOf): ComparedFact => {
    const { of, format, interval = () => null } = asked;
    const [a, b] = [of(first), of(second)];
    const [one, other] = [a === null ? '-' : format(a), b === null ? '-' : format(b)];
    const numbers = { first: a, second: b, firstInterval: interval(first), secondInterval: interval(second) };
    const ratio = a !== null && b !== null && a > 0 ? b / a : null;
    const differs = one !== other;
    const change = differs ? changeOf(numbers, asked) : null;
    return { name, group, first: one, second: other, differs, ratio, change, numbers };
  };
  const same = sameWork(first, second);
  const time = (of: NumberOf['of'], interval?: NumberOf['interval']): NumberOf => ({
    ...{ of, format: formatMs, good: 'less' },
    ...(interval === undefined ? {} : { interval }),
  });
  return [
    text('function', (run) => run.function),
    text('code', (run) => run.functionHash ?? 'not known'),
    text('dataset', (run) => run.dataset),
    number('setup', 'items', { of: (run) => run.items, format: formatCount }),
    number('measured', 'failed', { of: (run) => run.failed, format: formatCount, good: 'less', noise: 0 }),
    number('setup', 'workers', { of: (run) => run.workers, format: formatCount }),
    text('Node', (run) => run.node),
    text('loader', (run) => run.loader),
    number('measured', 'time in all', {
      of: (run) => run.wallMs,
      format: formatMs,
      ...(same ? { good: 'less' } : {}),
    }),
    number('measured', 'an item alone', time(aloneAnItem, aloneInterval)),
    number('measured', 'computing an item', time(perItem('busyMs'))),
    number('measured', 'encoding an item', time(perItem('encodingMs'))),
    number('measured', 'speedup', {
      ...{ of: (run) => run.speedup, format: formatSpeedup, good: 'more' },
      interval: (run) => run.speedupInterval,
    }),
    number('measured', 'efficiency', { of: (run) => run.efficiency, format: formatShare, good: 'more' }),
    ...LOSS_KINDS.map(({ key, label }) =>
      number('time', label.toLowerCase(), {
        ...{ of: (run) => run.losses[key], format: formatShare, noise: SHARE_NOISE },
        good: key === 'computing' ? 'more' : 'less',
      }),
    ),
  ];
}

/** The answer in a few words, and why. */
export interface ComparisonHeadline {
  readonly change: Change;
  /** Such as `1.82x as fast`. */
  readonly value: string;
  readonly text: string;
}

/** Which of two runs was faster: by their time where both did the same work, else by what they did a second. Pure. */
export function comparisonHeadline(first: RunSummary, second: RunSummary): ComparisonHeadline {
  const [a, b] = [itemsRun(first), itemsRun(second)];
  if (a === 0 || b === 0 || first.wallMs <= 0 || second.wallMs <= 0) {
    return { change: 'other', value: 'Not comparable', text: 'One of the runs did nothing.' };
  }
  const same = sameWork(first, second);
  const ratio = same ? first.wallMs / second.wallMs : b / second.wallMs / (a / first.wallMs);
  const [one, other] = [formatMs(first.wallMs), formatMs(second.wallMs)];
  const work = same
    ? `${plural(b, 'item')} took ${other} instead of ${one}.`
    : `By items a second: the runs did different work, ${plural(a, 'item')} in ${one} and ${formatCount(b)} in ${other}.`;
  if (Math.abs(ratio - 1) < NOISE) return { change: 'unclear', value: 'About as fast', text: work };
  if (ratio > 1) return { change: 'better', value: `${formatSpeedup(ratio)} as fast`, text: work };
  return { change: 'worse', value: `${formatSpeedup(1 / ratio)} as long`, text: work };
}

function sameWork(first: RunSummary, second: RunSummary): boolean {
  return first.dataset === second.dataset && itemsRun(first) === itemsRun(second);
}

function changeOf(numbers: ComparedNumbers, { good, noise }: NumberOf): Change {
  const { first, second, firstInterval, secondInterval } = numbers;
  if (first === null || second === null || good === undefined) return 'other';
  const unclear =
    firstInterval !== null && secondInterval !== null
      ? firstInterval[0] <= secondInterval[1] && secondInterval[0] <= firstInterval[1]
      : Math.abs(second - first) <= (noise ?? NOISE * Math.max(first, second));
  if (unclear) return 'unclear';
  return second < first === (good === 'less') ? 'better' : 'worse';
}

/** Items that ran in that run itself, not in one that it went on with. */
function itemsRun({ perWorker }: RunSummary): number {
  return sum(perWorker, (worker) => worker.items);
}

function aloneAnItem(run: RunSummary): number | null {
  const items = itemsRun(run);
  return run.baseline.ms === null || items === 0 ? null : run.baseline.ms / items;
}

function aloneInterval(run: RunSummary): Interval | null {
  const items = itemsRun(run);
  const { interval } = run.baseline;
  return interval === null || items === 0 ? null : [interval[0] / items, interval[1] / items];
}

/** Mean over the items that ran in that run itself, in ms. */
function perItem(key: 'busyMs' | 'encodingMs'): (run: RunSummary) => number | null {
  return (run) => {
    const items = itemsRun(run);
    return items === 0 ? null : sum(run.perWorker, (worker) => worker[key]) / items;
  };
}

function sum(workers: readonly WorkerSummary[], of: (worker: WorkerSummary) => number): number {
  return workers.reduce((total, worker) => total + of(worker), 0);
}
