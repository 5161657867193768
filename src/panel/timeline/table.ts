import { formatBytes, formatCount, formatMs } from '../../report/format.ts';
import type { RunModel } from '../../report/model.ts';
import { el } from '../dom.ts';
import type { TimelineRows } from './rows.ts';

const COMMON = [
  'Worker',
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
    const heads = [...COMMON, model.summary === null ? 'Memory' : 'Waiting'];
    this.#heads.replaceChildren(
      ...heads.map((name, column) =>
        el('th', { scope: 'col', class: column === 0 || column === 2 ? '' : 'number' }, name),
      ),
    );
    this.#body.replaceChildren(...rowsOf(model, rows).map(tableRow));
  }
}

function tableRow(cells: readonly string[]): HTMLElement {
  const [worker = '', ...rest] = cells;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, worker),
    ...rest.map((text, column) => el('td', { class: column === 1 ? '' : 'number' }, text)),
  );
}

// The summary's numbers once there are any; while it runs, those of the last progress, and what the stretches add up to.
function rowsOf(model: RunModel, rows: TimelineRows): string[][] {
  if (model.summary !== null) {
    return model.summary.perWorker.map((worker) => [
      String(worker.worker),
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
