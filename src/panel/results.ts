import type { ResultRow } from '../protocol/run.ts';
import { formatCount, plural } from '../report/format.ts';
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
const COLUMNS = ['Item', 'Input', 'Result', 'Time', 'Worker'] as const;

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
    this.#all = toggle('All', 'all', () => this.#setOrder(ALL_IN_ORDER));
    this.#failed = toggle('Failed', 'failed', () =>
      this.#setOrder({ ...this.#order, failedOnly: !this.#order.failedOnly }),
    );
    this.#slowest = toggle('Slowest first', 'slowest', () => {
      const { by, descending } = isSlowestFirst(this.#order) ? ALL_IN_ORDER : SLOWEST_FIRST;
      this.#setOrder({ ...this.#order, by, descending });
    });
    this.#heads = COLUMNS.map((name, column) => {
      const key = SORT_KEYS[column] ?? 'index';
      const sort = button(name, () => this.#sortBy(key), { class: 'link', test: `sort-${key}` });
      return { key, cell: el('div', { role: 'columnheader' }, sort) };
    });
    this.#grid = el(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: '0',
        'aria-label': 'Results; Enter opens the source of an error or the value, Space the whole result',
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
    const copy = button('Copy', () => post({ type: 'copy', text: rowsAsText(this.#list.items) }), {
      class: 'toggle',
      title: 'Copy the rows shown, with tabs between their columns',
      test: 'results-copy',
    });
    const open = button('Open all', () => post({ type: 'openRunFile', file: 'results' }), {
      class: 'toggle',
      title: 'Open the file with the results of all items',
      test: 'results-open',
    });
    const save = button('Save all…', () => post({ type: 'saveResults' }), {
      class: 'toggle',
      title: 'Save the results of all items as JSON Lines',
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
          { class: 'choices', role: 'group', 'aria-label': 'Which results' },
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
    const { rows, dropped } = model.results;
    const total = model.summary?.items ?? rows.length + dropped;
    setText(
      this.#note,
      total > rows.length
        ? `${formatCount(rows.length)} of ${plural(total, 'item')} kept here; all are in the file`
        : plural(total, 'item'),
    );
    const none = this.#list.items.length === 0;
    this.#empty.hidden = !none;
    this.#grid.hidden = none;
    if (none)
      setText(
        this.#empty,
        this.#order.failedOnly ? 'No item failed.' : isOver(model) ? 'No item was run.' : 'No result yet.',
      );
  }

  #createRow(): HTMLElement {
    const row = el('div', { role: 'row', class: 'row', test: 'results-row' });
    for (const name of COLUMNS) row.append(el('div', { role: 'gridcell', class: name.toLowerCase() }));
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
      ? 'Open the value'
      : `${failureText(item)}\n${item.error?.at === undefined ? 'Open the error' : 'Click the error to go to its line; elsewhere to open it whole'}`;
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

function isSlowestFirst({ by, descending }: ResultOrder): boolean {
  return by === SLOWEST_FIRST.by && descending === SLOWEST_FIRST.descending;
}
