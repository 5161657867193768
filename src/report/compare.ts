import type { RunSummary, WorkerSummary } from '../protocol/run.ts';
import { formatCount, formatMs, formatShare, formatSpeedup } from './format.ts';
import { LOSS_KINDS } from './losses.ts';

/** One fact of two runs. */
export interface ComparedFact {
  readonly name: string;
  readonly first: string;
  readonly second: string;
  /** Whether it is another one; numbers are, as soon as they are shown as others. */
  readonly differs: boolean;
  /** second / first, for numbers. */
  readonly ratio: number | null;
}

/** Two runs beside each other: what was run, where, how long it took and where the time went. Pure. */
export function compareRuns(first: RunSummary, second: RunSummary): readonly ComparedFact[] {
  const text = (name: string, of: (run: RunSummary) => string): ComparedFact => {
    const [a, b] = [of(first), of(second)];
    return { name, first: a, second: b, differs: a !== b, ratio: null };
  };
  const number = (
    name: string,
    of: (run: RunSummary) => number | null,
    format: (value: number) => string,
  ): ComparedFact => {
    const [a, b] = [of(first), of(second)];
    const [one, other] = [a === null ? '-' : format(a), b === null ? '-' : format(b)];
    const ratio = a !== null && b !== null && a > 0 ? b / a : null;
    return { name, first: one, second: other, differs: one !== other, ratio };
  };
  return [
    text('function', (run) => run.function),
    text('code', (run) => run.functionHash ?? 'not known'),
    text('dataset', (run) => run.dataset),
    number('items', (run) => run.items, formatCount),
    number('failed', (run) => run.failed, formatCount),
    number('workers', (run) => run.workers, formatCount),
    text('Node', (run) => run.node),
    text('loader', (run) => run.loader),
    number('time in all', (run) => run.wallMs, formatMs),
    number('computing an item', perItem('busyMs'), formatMs),
    number('encoding an item', perItem('encodingMs'), formatMs),
    number('speedup', (run) => run.speedup, formatSpeedup),
    number('efficiency', (run) => run.efficiency, formatShare),
    ...LOSS_KINDS.map(({ key, label }) => number(label.toLowerCase(), (run) => run.losses[key], formatShare)),
  ];
}

/** Mean over the items that ran in that run itself, in ms. */
function perItem(key: 'busyMs' | 'encodingMs'): (run: RunSummary) => number | null {
  const sum = (workers: readonly WorkerSummary[], of: (worker: WorkerSummary) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0);
  return ({ perWorker }) => {
    const items = sum(perWorker, (worker) => worker.items);
    return items === 0 ? null : sum(perWorker, (worker) => worker[key]) / items;
  };
}
