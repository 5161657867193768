import type { ResultRow } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import * as l10n from '../report/l10n.ts';
import { isOver, type RunModel } from '../report/model.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';
import {
  ALL_IN_ORDER,
  orderRows,
  type ResultOrder,
  SLOWEST_FIRST,
  SORT_KEYS,
  type SortKey,
} from './results-order.ts';
import { failureText, rowCells, rowsAsText } from './results-text.ts';
import { VirtualList } from './virtual-list.ts';

const ROW_HEIGHT = 24;
/** Their classes, in the order of `SORT_KEYS`. */
const COLUMNS = ['item', 'input', 'result', 'time', 'worker'] as const;

/** A row for each item kept: its value opens as a document, its error leads to the source line. By mouse and by keyboard. */
export class ResultsView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #all: HTMLButtonElement;
  readonly #failed: HTMLButtonElement;
  readonly #slowest: HTMLButtonElement;
  readonly #heads: readonly { readonly key: SortKey; readonly cell: HTMLElement }[];
  readonly #note = el('span', { class: 'soft' });
  readonly #empty = el('p', { class: 'empty' });
  readonly #grid: HTMLElement;
  readonly #list: VirtualList<ResultRow>;
  #order: ResultOrder = ALL_IN_ORDER;
  #active = -1;
  #rows: RunModel['results'] | null = null;
  #model: RunModel | null = null;

  constructor(post: Post) {
    this.#post = post;
    const toggle = (label: string, test: string, act: () => void): HTMLButtonElement =>
      button(label, act, { class: 'toggle', test: `results-${test}` });
    this.#all = toggle(l10n.t('All'), 'all', () => this.#setOrder(ALL_IN_ORDER));
    this.#failed = toggle(l10n.t('Failed'), 'failed', () =>
      this.#setOrder({ ...this.#order, failedOnly: !this.#order.failedOnly }),
    );
    this.#slowest = toggle(l10n.t('Slowest first'), 'slowest', () => {
      const { by, descending } = isSlowestFirst(this.#order) ? ALL_IN_ORDER : SLOWEST_FIRST;
      this.#setOrder({ ...this.#order, by, descending });
    });
    this.#heads = SORT_KEYS.map((key) => {
      const name = headText(key);
      const sort = button(name, () => this.#sortBy(key), { class: 'link', test: `sort-${key}` });
      return { key, cell: el('div', { role: 'columnheader' }, sort) };
    });
    this.#grid = el(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: '0',
        'aria-label': l10n.t(
          'Results; Enter opens the source of an error or the value, Space the whole result',
        ),
        test: 'results',
      },
      el('div', { role: 'row', class: 'row head' }, ...this.#heads.map(({ cell }) => cell)),
    );
    this.#list = new VirtualList<ResultRow>(
      {
        height: ROW_HEIGHT,
        create: () => this.#createRow(),
        fill: (row, item, index) => this.#fillRow(row, item, index),
      },
      this.#grid,
      ROW_HEIGHT,
    );
    this.#grid.addEventListener('keydown', (event) => this.#onKey(event));
    const copy = button(l10n.t('Copy'), () => post({ type: 'copy', text: rowsAsText(this.#list.items) }), {
      class: 'toggle',
      title: l10n.t('Copy the rows shown, with tabs between their columns'),
      test: 'results-copy',
    });
    const open = button(l10n.t('Open all'), () => post({ type: 'openRunFile', file: 'results' }), {
      class: 'toggle',
      title: l10n.t('Open the file with the results of all items'),
      test: 'results-open',
    });
    const save = button(l10n.t('Save all…'), () => post({ type: 'saveResults' }), {
      class: 'toggle',
      title: l10n.t('Save the results of all items as JSON Lines'),
      test: 'results-save',
    });
    this.element = el(
      'div',
      { class: 'results' },
      el(
        'div',
        { class: 'tools' },
        el(
          'div',
          { class: 'choices', role: 'group', 'aria-label': l10n.t('Which results') },
          ...[this.#all, this.#failed, this.#slowest],
        ),
        ...[copy, open, save],
        this.#note,
      ),
      this.#empty,
      this.#grid,
    );
  }

  update(model: RunModel): void {
    this.#model = model;
    if (model.results !== this.#rows) {
      this.#rows = model.results;
      this.#reorder();
    }
    this.#showNotes(model);
  }

  /** Up first; a second time, down. */
  #sortBy(by: SortKey): void {
    this.#setOrder({ ...this.#order, by, descending: this.#order.by === by && !this.#order.descending });
  }

  #setOrder(order: ResultOrder): void {
    this.#order = order;
    this.#active = -1;
    setAttribute(this.#grid, 'aria-activedescendant', null);
    this.#list.element.scrollTop = 0;
    this.#reorder();
    if (this.#model !== null) this.#showNotes(this.#model);
  }

  #reorder(): void {
    const order = this.#order;
    this.#list.setItems(orderRows(this.#rows?.rows ?? [], order));
    setAttribute(this.#grid, 'aria-rowcount', String(this.#list.items.length + 1));
    const isPlain = !order.failedOnly && order.by === 'index' && !order.descending;
    setAttribute(this.#all, 'aria-pressed', String(isPlain));
    setAttribute(this.#failed, 'aria-pressed', String(order.failedOnly));
    setAttribute(this.#slowest, 'aria-pressed', String(isSlowestFirst(order)));
    const direction = order.descending ? 'descending' : 'ascending';
    for (const { key, cell } of this.#heads)
      setAttribute(cell, 'aria-sort', key === order.by ? direction : null);
  }

  #showNotes(model: RunModel): void {
    setText(this.#note, this.#countText(model));
    const none = this.#list.items.length === 0;
    this.#empty.hidden = !none;
    this.#grid.hidden = none;
    if (none)
      setText(
        this.#empty,
        this.#order.failedOnly
          ? l10n.t('No item failed.')
          : isOver(model)
            ? l10n.t('No item was run.')
            : l10n.t('No result yet.'),
      );
  }

  /** How many of how many rows are shown, and whether some are on disk only. */
  #countText({ results, summary, progress }: RunModel): string {
    const { rows, dropped } = results;
    const shown = this.#list.items.length;
    const items = summary?.items ?? rows.length + dropped;
    const failed = summary?.failed ?? progress?.failed ?? shown;
    const wanted = this.#order.failedOnly ? Math.max(failed, shown) : items;
    if (shown < wanted)
      return l10n.t('{0} of {1} kept here; all are in the file', formatCount(shown), itemCount(wanted));
    return shown < items ? l10n.t('{0} of {1}', formatCount(shown), itemCount(items)) : itemCount(items);
  }

  #createRow(): HTMLElement {
    const row = el('div', { role: 'row', class: 'row', test: 'results-row' });
    for (const name of COLUMNS) row.append(el('div', { role: 'gridcell', class: name }));
    row.addEventListener('click', (event) => {
      const index = Number(row.getAttribute('data-row'));
      this.#activate(index);
      const item = this.#list.items[index];
      if (item === undefined) return;
      const onResult = event.target instanceof Element && event.target.closest('.result') !== null;
      if (onResult) this.#open(item);
      else this.#post({ type: 'openResult', index: item.index });
    });
    return row;
  }

  #fillRow(row: HTMLElement, item: ResultRow, index: number): void {
    setAttribute(row, 'data-row', String(index));
    setAttribute(row, 'data-index', String(item.index));
    setAttribute(row, 'data-ok', String(item.ok));
    // For the commands of its context menu.
    const context = { webviewSection: 'item', manycoreItem: item.index };
    setAttribute(row, 'data-vscode-context', JSON.stringify(context));
    row.id = `result-${index}`;
    setAttribute(row, 'aria-rowindex', String(index + 2));
    setAttribute(row, 'aria-selected', String(index === this.#active));
    rowCells(item).forEach((text, column) => {
      const cell = row.children[column];
      if (cell instanceof HTMLElement) setText(cell, text);
    });
    row.title = item.ok
      ? l10n.t('Open the value')
      : `${failureText(item)}\n${item.error?.at === undefined ? l10n.t('Open the error') : l10n.t('Click the error to go to its line; elsewhere to open it whole')}`;
  }

  #open(item: ResultRow): void {
    const at = item.error?.at;
    this.#post(at === undefined ? { type: 'openResult', index: item.index } : { type: 'openSource', at });
  }

  #activate(index: number): void {
    this.#active = index;
    this.#list.reveal(index);
    setAttribute(this.#grid, 'aria-activedescendant', `result-${index}`);
  }

  #onKey(event: KeyboardEvent): void {
    // The heads are buttons of their own.
    if (event.target !== this.#grid) return;
    const last = this.#list.items.length - 1;
    const page = Math.max(1, Math.floor(this.#list.element.clientHeight / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    const item = this.#list.items[this.#active];
    if (next !== undefined && last >= 0) this.#activate(Math.max(0, Math.min(last, next)));
    else if (event.key === 'Enter' && item !== undefined) this.#open(item);
    else if (event.key === ' ' && item !== undefined) this.#post({ type: 'openResult', index: item.index });
    else return;
    event.preventDefault();
  }
}

function headText(key: SortKey): string {
  switch (key) {
    case 'index':
      return l10n.t('Item');
    case 'input':
      return l10n.t('Input');
    case 'value':
      return l10n.t('Result');
    case 'ms':
      return l10n.t('Time');
    case 'worker':
      return l10n.t('Worker');
  }
}

function isSlowestFirst({ by, descending }: ResultOrder): boolean {
  return by === SLOWEST_FIRST.by && descending === SLOWEST_FIRST.descending;
}
