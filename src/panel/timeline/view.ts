import * as l10n from '../../report/l10n.ts';
import { isOver, isRunning, type RunModel } from '../../report/model.ts';
import { button, el, setAttribute, setText } from '../dom.ts';
import type { Part, Post } from '../part.ts';
import { TimelineChart } from './chart.ts';
import { listenToKeys, listenToPointer, ZOOM_STEP } from './gestures.ts';
import { legend } from './legend.ts';
import { TimelineRows } from './rows.ts';
import { WorkersTable } from './table.ts';

/** What every worker did when: a chart to be zoomed and moved, and the same as a table. */
export class TimelineView implements Part {
  readonly element: HTMLElement;
  readonly #rows = new TimelineRows();
  readonly #chart: TimelineChart;
  readonly #table = new WorkersTable();
  readonly #empty = el('p', { class: 'empty' });
  readonly #legend = legend();
  readonly #zooms: HTMLElement;
  readonly #whole: HTMLButtonElement;
  readonly #twin: HTMLButtonElement;
  #model: RunModel | null = null;
  #asTable = false;

  constructor(post: Post) {
    this.#chart = new TimelineChart({
      rows: this.#rows,
      open: (index) => post({ type: 'openResult', index }),
      onShow: () => this.#arrange(),
    });
    listenToPointer(this.#chart.canvas, this.#chart);
    listenToKeys(this.#chart.canvas, this.#chart);
    this.#twin = button(l10n.t('Table'), () => this.#setTable(!this.#asTable), {
      class: 'toggle',
      title: l10n.t('The same as numbers'),
      test: 'timeline-table-button',
    });
    const zoomButton = (text: string, label: string, act: () => void): HTMLButtonElement =>
      button(text, act, { class: 'toggle', title: label, 'aria-label': label });
    this.#whole = button(l10n.t('Whole run'), () => this.#chart.show(null), {
      class: 'toggle',
      title: l10n.t('Show the whole run (0)'),
      test: 'timeline-whole',
    });
    this.#zooms = el(
      'div',
      { class: 'choices', role: 'group', 'aria-label': l10n.t('Zoom') },
      zoomButton('−', l10n.t('Zoom out (-)'), () => this.#chart.zoom(1 / ZOOM_STEP)),
      zoomButton('+', l10n.t('Zoom in (+)'), () => this.#chart.zoom(ZOOM_STEP)),
      this.#whole,
    );
    this.element = el(
      'div',
      { class: 'timeline' },
      el('div', { class: 'tools' }, this.#legend, this.#zooms, this.#twin),
      this.#empty,
      this.#chart.element,
      this.#table.element,
    );
    this.#setTable(false);
  }

  update(model: RunModel): void {
    const before = this.#model;
    this.#model = model;
    const isNew = nameOf(before) !== nameOf(model);
    if (isNew) {
      this.#rows.clear();
      this.#chart.begin();
    }
    if (isNew || before?.timeline !== model.timeline || before.progress !== model.progress) {
      // Stretches come at the end, so that a mark keeps its place, unless all were put together more coarsely.
      if (!this.#rows.update(model.timeline, workersOf(model)) || isNew) this.#chart.mark(null);
    }
    this.#arrange();
    this.#chart.update(isRunning(model) ? (model.progress?.time ?? null) : null);
    if (this.#asTable) this.#table.update(model, this.#rows);
  }

  #arrange(): void {
    const none = this.#rows.all.length === 0;
    this.#empty.hidden = !none;
    this.#chart.element.hidden = none || this.#asTable;
    this.#legend.hidden = none || this.#asTable;
    this.#table.element.hidden = none || !this.#asTable;
    this.#twin.hidden = none;
    this.#zooms.hidden = none || this.#asTable;
    this.#whole.disabled = !this.#chart.isZoomed;
    if (this.#model !== null) setText(this.#empty, emptyText(this.#model));
  }

  #setTable(asTable: boolean): void {
    this.#asTable = asTable;
    setAttribute(this.#twin, 'aria-pressed', String(asTable));
    this.#arrange();
    if (asTable && this.#model !== null) this.#table.update(this.#model, this.#rows);
    this.#chart.draw();
  }
}

function workersOf({ progress, summary }: RunModel): readonly { id: number; host?: string | undefined }[] {
  return progress?.workers ?? summary?.perWorker.map(({ worker, host }) => ({ id: worker, host })) ?? [];
}

/** Why there is no row. What is on disk of a run that broke off tells what is done, but not of the workers. */
function emptyText(model: RunModel): string {
  if (!isOver(model)) return l10n.t('A row for each worker appears here once they start.');
  return model.progress === null && (model.summary?.items ?? 0) === 0
    ? l10n.t('No worker was started.')
    : l10n.t('What each worker did when is not in the folder of this run.');
}

/** Tells one run from another; a snapshot of the same run has a header of its own. */
function nameOf(model: RunModel | null): string | null {
  const header = model?.header ?? null;
  return header === null ? null : `${header.startedAt} ${header.runDir}`;
}
