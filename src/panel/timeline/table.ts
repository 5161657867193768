import type { WorkerSnapshot } from '../../protocol/run.ts';
import { formatBytes, formatCount, formatMs } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import type { RunModel } from '../../report/model.ts';
import { el } from '../dom.ts';
import type { TimelineRows } from './rows.ts';

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
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': l10n.t('Workers') },
      table,
    );
  }

  update(model: RunModel, rows: TimelineRows): void {
    const heads = headTexts(model.summary === null);
    this.#heads.replaceChildren(
      ...heads.map((name, column) =>
        el('th', { scope: 'col', class: column === 0 || column === 2 ? '' : 'number' }, name),
      ),
    );
    this.#body.replaceChildren(...rowsOf(model, rows).map(tableRow));
  }
}

function headTexts(running: boolean): string[] {
  return [
    l10n.t('Worker'),
    l10n.t('Process'),
    l10n.t('State'),
    l10n.t('Items'),
    l10n.t('Failed'),
    l10n.t('In your function'),
    l10n.t('Starting up'),
    l10n.t('Encoding'),
    running ? l10n.t('Memory') : l10n.t('Waiting'),
  ];
}

function stateText(state: WorkerSnapshot['state']): string {
  switch (state) {
    case 'starting':
      return l10n.t('Starting');
    case 'waiting':
      return l10n.t('Waiting');
    case 'working':
      return l10n.t('Working');
    case 'ended':
      return l10n.t('Ended');
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
      l10n.t('Ended'),
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
    stateText(worker.state),
    formatCount(worker.done),
    formatCount(worker.failed),
    formatMs(worker.busy),
    formatMs(rows.of(worker.id)?.total.startup ?? 0),
    formatMs(rows.of(worker.id)?.total.encoding ?? 0),
    worker.rss === null ? '' : formatBytes(worker.rss),
  ]);
}
