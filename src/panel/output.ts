import type { OutputLine } from '../protocol/run.ts';
import { lineCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import * as l10n from '../report/l10n.ts';
import { isOver, type RunModel } from '../report/model.ts';
import { plainText } from '../report/plain-text.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import { filterLines } from './output-filter.ts';
import type { Part, Post } from './part.ts';
import { VirtualList } from './virtual-list.ts';

const LINE_HEIGHT = 20;

/** What the workers write: by worker, level, item and text, following the newest line until the reader scrolls up. */
export class OutputView implements Part {
  readonly element: HTMLElement;
  readonly #worker = el('select', { 'aria-label': l10n.t('Worker'), test: 'output-worker' });
  readonly #level = el(
    'select',
    { 'aria-label': l10n.t('Level'), test: 'output-level' },
    el('option', { value: '' }, l10n.t('All levels')),
    el('option', { value: 'stdout' }, l10n.t('Output (stdout)')),
    el('option', { value: 'stderr' }, l10n.t('Errors (stderr)')),
  );
  readonly #item = el('input', {
    type: 'search',
    inputmode: 'numeric',
    placeholder: l10n.t('Item'),
    class: 'short',
    'aria-label': l10n.t('Filter output by the number of an item'),
    test: 'output-item',
  });
  readonly #text = el('input', {
    type: 'search',
    placeholder: l10n.t('Filter'),
    'aria-label': l10n.t('Filter output by text'),
    test: 'output-filter',
  });
  readonly #follow: HTMLButtonElement;
  readonly #log: HTMLButtonElement;
  readonly #note = el('span', { class: 'soft' });
  readonly #empty = el('p', { class: 'empty' });
  readonly #list: VirtualList<OutputLine>;
  #following = true;
  #model: RunModel | null = null;
  #shown: RunModel['output'] | null = null;
  #workers = '';

  constructor(post: Post) {
    this.#list = new VirtualList<OutputLine>(
      { height: LINE_HEIGHT, create: createLine, fill: fillLine },
      el('div', {
        class: 'lines',
        test: 'worker-output',
        tabindex: '0',
        role: 'log',
        'aria-live': 'off',
        'aria-label': l10n.t('Output of the workers'),
      }),
    );
    this.#follow = button(l10n.t('Follow'), () => this.#setFollowing(!this.#following), {
      class: 'toggle',
      title: l10n.t('Keep the newest line in sight'),
    });
    const copy = button(
      l10n.t('Copy'),
      () => post({ type: 'copy', text: this.#list.items.map((line) => plainText(line.text)).join('\n') }),
      { class: 'toggle', title: l10n.t('Copy the lines shown') },
    );
    const worker = (): number | null => (this.#worker.value === '' ? null : Number(this.#worker.value));
    this.#log = button(l10n.t('Open full log'), () => post({ type: 'openLog', worker: worker() }), {
      class: 'toggle',
      title: l10n.t('Open everything that a worker wrote'),
      test: 'open-log-button',
    });
    this.#worker.addEventListener('change', () => this.#refilter());
    this.#level.addEventListener('change', () => this.#refilter());
    this.#item.addEventListener('input', () => this.#refilter());
    this.#text.addEventListener('input', () => this.#refilter());
    this.#list.element.addEventListener('scroll', () => {
      if (this.#list.element.clientHeight > 0) this.#setFollowing(this.#list.atEnd, false);
    });
    // Hidden, a list forgets where it was scrolled to.
    new ResizeObserver(() => {
      if (this.#following) this.#list.scrollToEnd();
    }).observe(this.#list.element);
    this.element = el(
      'div',
      { class: 'output' },
      el(
        'div',
        { class: 'tools' },
        ...[this.#worker, this.#level, this.#item, this.#text, this.#follow, copy, this.#log, this.#note],
      ),
      this.#empty,
      this.#list.element,
    );
    this.#setFollowing(true);
  }

  update(model: RunModel): void {
    const emptied = this.#model?.header !== model.header;
    this.#model = model;
    this.#updateWorkers(model);
    if (model.output === this.#shown && !emptied) {
      this.#showEmpty(model);
      return;
    }
    this.#shown = model.output;
    this.#refilter();
  }

  #refilter(): void {
    const model = this.#model;
    if (model === null) return;
    const worker = this.#worker.value === '' ? null : Number(this.#worker.value);
    const stream = this.#level.value === '' ? null : this.#level.value === 'stderr' ? 'stderr' : 'stdout';
    const filter = { worker, stream, item: itemOf(this.#item.value), text: this.#text.value } as const;
    const lines = filterLines(model.output.lines, filter);
    this.#log.hidden = model.output.lines.length === 0;
    this.#list.setItems(lines);
    if (this.#following) this.#list.scrollToEnd();
    const all = lineCount(model.output.lines.length);
    const count =
      lines.length < model.output.lines.length ? l10n.t('{0} of {1}', formatCount(lines.length), all) : all;
    const { dropped } = model.output;
    setText(
      this.#note,
      dropped > 0 ? l10n.t('{0}, {1} more only on disk', count, formatCount(dropped)) : count,
    );
    this.#showEmpty(model);
  }

  #showEmpty(model: RunModel): void {
    const none = this.#list.items.length === 0;
    this.#empty.hidden = !none;
    this.#list.element.hidden = none;
    if (!none) return;
    const filtered = model.output.lines.length > 0;
    setText(
      this.#empty,
      filtered
        ? l10n.t('No line matches the filter.')
        : isOver(model)
          ? l10n.t('The workers wrote nothing.')
          : l10n.t('Nothing written yet: what your function logs appears here.'),
    );
  }

  #updateWorkers(model: RunModel): void {
    const ids = new Set(model.progress?.workers.map((worker) => worker.id) ?? []);
    for (const line of model.output.lines) ids.add(line.worker);
    const key = [...ids].sort((a, b) => a - b).join(' ');
    if (key === this.#workers && this.#worker.options.length > 0) return;
    this.#workers = key;
    const chosen = this.#worker.value;
    this.#worker.replaceChildren(
      el('option', { value: '' }, l10n.t('All workers')),
      ...key
        .split(' ')
        .filter((id) => id !== '')
        .map((id) => el('option', { value: id }, l10n.t('Worker {0}', id))),
    );
    this.#worker.value = ids.has(Number(chosen)) && chosen !== '' ? chosen : '';
  }

  #setFollowing(following: boolean, scroll = true): void {
    this.#following = following;
    setAttribute(this.#follow, 'aria-pressed', String(following));
    if (following && scroll) this.#list.scrollToEnd();
  }
}

/** Null for no number: then every item is meant. */
function itemOf(text: string): number | null {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : null;
}

function createLine(): HTMLElement {
  return el('div', { class: 'line' }, el('span', { class: 'who' }), el('span', { class: 'text' }));
}

function fillLine(row: HTMLElement, line: OutputLine): void {
  const [who, text] = row.children;
  if (!(who instanceof HTMLElement) || !(text instanceof HTMLElement)) return;
  setText(who, `${line.worker}`);
  who.title =
    line.item === null
      ? l10n.t('Worker {0}', line.worker)
      : l10n.t('Worker {0}, item {1}', line.worker, line.item);
  setText(text, plainText(line.text));
  row.classList.toggle('error', line.stream === 'stderr');
}
