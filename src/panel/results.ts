import type { ResultRow } from '../protocol/run.ts';
import { formatCount, formatMs, plural } from '../report/format.ts';
import { isOver, type RunModel } from '../report/model.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';
import { orderRows, type ResultFilter } from './results-order.ts';
import { VirtualList } from './virtual-list.ts';

const ROW_HEIGHT = 24;
const FILTERS: readonly { readonly filter: ResultFilter; readonly label: string }[] = [
  { filter: 'all', label: 'All' },
  { filter: 'failed', label: 'Failed' },
  { filter: 'slowest', label: 'Slowest first' },
];
const COLUMNS = ['Item', 'Input', 'Result', 'Time', 'Worker'] as const;

/** A row for each item kept: its value opens as a document, its error leads to the source line. By mouse and by keyboard. */
export class ResultsView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #filters: readonly { readonly filter: ResultFilter; readonly button: HTMLButtonElement }[];
  readonly #note = el('span', { class: 'soft' });
  readonly #empty = el('p', { class: 'empty' });
  readonly #grid: HTMLElement;
  readonly #list: VirtualList<ResultRow>;
  #filter: ResultFilter = 'all';
  #active = -1;
  #rows: RunModel['results'] | null = null;
  #model: RunModel | null = null;

  constructor(post: Post) {
    this.#post = post;
    this.#filters = FILTERS.map(({ filter, label }) => ({
      filter,
      button: button(label, () => this.#setFilter(filter), { class: 'toggle', test: `results-${filter}` }),
    }));
    const heads = COLUMNS.map((name) => el('div', { role: 'columnheader' }, name));
    this.#grid = el(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: '0',
        'aria-label': 'Results; Enter opens the source of an error or the value, Space the whole result',
        test: 'results',
      },
      el('div', { role: 'row', class: 'row head' }, ...heads),
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
    const all = button('Open all results', () => post({ type: 'openRunFile', file: 'results' }), {
      class: 'toggle',
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
          ...this.#filters.map((each) => each.button),
        ),
        all,
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

  #setFilter(filter: ResultFilter): void {
    this.#filter = filter;
    this.#active = -1;
    this.#list.element.scrollTop = 0;
    this.#reorder();
    if (this.#model !== null) this.#showNotes(this.#model);
  }

  #reorder(): void {
    this.#list.setItems(orderRows(this.#rows?.rows ?? [], this.#filter));
    setAttribute(this.#grid, 'aria-rowcount', String(this.#list.items.length + 1));
    for (const each of this.#filters)
      setAttribute(each.button, 'aria-pressed', String(each.filter === this.#filter));
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
        this.#filter === 'failed' ? 'No item failed.' : isOver(model) ? 'No item was run.' : 'No result yet.',
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
    const failure = item.error === null ? 'Failed' : `${item.error.name}: ${item.error.message}`;
    const place =
      item.error?.at === undefined
        ? ''
        : ` (${item.error.at.file.split(/[/\\]/).at(-1)}:${item.error.at.line})`;
    const texts = [
      String(item.index),
      item.input,
      item.ok ? item.value || 'undefined' : `✕ ${failure}${place}`,
      formatMs(item.ms),
      String(item.worker),
    ];
    texts.forEach((text, column) => {
      const cell = row.children[column];
      if (cell instanceof HTMLElement) setText(cell, text);
    });
    row.title = item.ok
      ? 'Open the value'
      : `${failure}\n${item.error?.at === undefined ? 'Open the error' : 'Click the error to go to its line; elsewhere to open it whole'}`;
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
