import { formatBytes, formatCount, formatMs } from '../../report/format.ts';
import type { RunModel } from '../../report/model.ts';
import { el } from '../dom.ts';
import type { TimelineRows } from './rows.ts';

const COMMON = [
  'Process',
  'State',
  'Items',
  'Failed',
  'In your function',
  'Starting up',
  'Encoding',
] as const;
const STATES = { starting: 'Starting', waiting: 'Waiting', working: 'Working', ended: 'Ended' } as const;

/** The timeline as numbers: a row for each worker. */
export class WorkersTable {
  readonly element: HTMLElement;
  readonly #heads = el('tr');
  readonly #body = el('tbody');

  constructor() {
    const table = el(
      'table',
      { class: 'table', test: 'workers-table' },
      el('thead', {}, this.#heads),
      this.#body,
    );
    this.element = el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Workers' },
      table,
    );
  }

  update(model: RunModel, rows: TimelineRows): void {
    const far = hasHosts(model);
    const first = far ? ['Worker', 'Host'] : ['Worker'];
    const heads = [...first, ...COMMON, model.summary === null ? 'Memory' : 'Waiting'];
    this.#heads.replaceChildren(
      ...heads.map((name, column) =>
        el('th', { scope: 'col', class: column === 0 || TEXTS.includes(name) ? '' : 'number' }, name),
      ),
    );
    this.#body.replaceChildren(
      ...rowsOf(model, rows).map((cells) => tableRow(far ? cells : cells.toSpliced(1, 1), heads)),
    );
  }
}

/** Columns of words. */
const TEXTS: readonly string[] = ['Host', 'State'];

const hasHosts = (model: RunModel): boolean =>
  (model.summary?.perWorker ?? model.progress?.workers ?? []).some(({ host }) => host !== undefined);

function tableRow(cells: readonly string[], heads: readonly string[]): HTMLElement {
  const [worker = '', ...rest] = cells;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, worker),
    ...rest.map((text, column) =>
      el('td', { class: TEXTS.includes(heads[column + 1] ?? '') ? '' : 'number' }, text),
    ),
  );
}

// The summary's numbers once there are any; while it runs, those of the last progress, and what the stretches add up to.
function rowsOf(model: RunModel, rows: TimelineRows): string[][] {
  if (model.summary !== null) {
    return model.summary.perWorker.map((worker) => [
      String(worker.worker),
      worker.host ?? '',
      String(worker.pid),
      'Ended',
      formatCount(worker.items),
      formatCount(worker.failed),
      formatMs(worker.busyMs),
      formatMs(worker.startupMs),
      formatMs(worker.encodingMs),
      formatMs(worker.waitingMs),
    ]);
  }
  return (model.progress?.workers ?? []).map((worker) => [
    String(worker.id),
    worker.host ?? '',
    String(worker.pid),
    STATES[worker.state],
    formatCount(worker.done),
    formatCount(worker.failed),
    formatMs(worker.busy),
    formatMs(rows.of(worker.id)?.total.startup ?? 0),
    formatMs(rows.of(worker.id)?.total.encoding ?? 0),
    worker.rss === null ? '' : formatBytes(worker.rss),
  ]);
}
