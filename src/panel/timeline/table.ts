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
    const far = hasHosts(model);
    const columns = (cells: readonly string[]) => (far ? cells : cells.toSpliced(HOST, 1));
    const texts = far ? [0, HOST, HOST + 2] : [0, HOST + 1];
    const classOf = (column: number): string => (texts.includes(column) ? '' : 'number');
    this.#heads.replaceChildren(
      ...columns(headTexts(model.summary === null)).map((name, column) =>
        el('th', { scope: 'col', class: classOf(column) }, name),
      ),
    );
    this.#body.replaceChildren(...rowsOf(model, rows).map((cells) => tableRow(columns(cells), classOf)));
  }
}

/** The column of the hosts, which a run on this machine has not. */
const HOST = 1;

const hasHosts = (model: RunModel): boolean =>
  (model.summary?.perWorker ?? model.progress?.workers ?? []).some(({ host }) => host !== undefined);

function headTexts(running: boolean): string[] {
  return [
    l10n.t('Worker'),
    l10n.t('Host'),
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

function tableRow(cells: readonly string[], classOf: (column: number) => string): HTMLElement {
  const [worker = '', ...rest] = cells;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, worker),
    ...rest.map((text, column) => el('td', { class: classOf(column + 1) }, text)),
  );
}

// The summary's numbers once there are any; while it runs, those of the last progress, and what the stretches add up to.
function rowsOf(model: RunModel, rows: TimelineRows): string[][] {
  if (model.summary !== null) {
    return model.summary.perWorker.map((worker) => [
      String(worker.worker),
      worker.host ?? '',
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
    worker.host ?? '',
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
