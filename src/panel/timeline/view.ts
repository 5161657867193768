import type { TimelineSpan } from '../../protocol/run.ts';
import { isOver, isRunning, type RunModel } from '../../report/model.ts';
import { button, el, setAttribute, setText } from '../dom.ts';
import type { Part, Post } from '../part.ts';
import { describeSpan } from './describe.ts';
import { drawTimeline } from './draw.ts';
import { layOut, rowsOf, spanAt, type TimelineLayout, type TimelineRow, xOf } from './layout.ts';
import { WorkersTable } from './table.ts';
import { onThemeChange, readTheme, type TimelineTheme } from './theme.ts';

/** What every worker did when: a canvas, and the same as a table. Hovering or the arrow keys tell of one span, Enter opens its item. */
export class TimelineView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #canvas = el('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'timeline',
    'aria-label': 'Timeline of the workers: arrow keys go from span to span, Enter opens the item',
    test: 'timeline-canvas',
  });
  readonly #tip = el('div', { class: 'tip', role: 'status', 'aria-live': 'polite' });
  readonly #scroll = el('div', { class: 'canvas-space' }, this.#canvas, this.#tip);
  readonly #empty = el('p', { class: 'empty' });
  readonly #twin: HTMLButtonElement;
  readonly #table = new WorkersTable();
  #theme: TimelineTheme | null = null;
  #layout: TimelineLayout | null = null;
  #model: RunModel | null = null;
  #spans: readonly TimelineSpan[] | null = null;
  #progress: RunModel['progress'] = null;
  #rows: readonly TimelineRow[] = [];
  #marked: { row: number; span: number } | null = null;
  #asTable = false;

  constructor(post: Post) {
    this.#post = post;
    this.#twin = button('Table', () => this.#setTable(!this.#asTable), {
      class: 'toggle',
      title: 'The same as numbers',
      test: 'timeline-table-button',
    });
    this.element = el(
      'div',
      { class: 'timeline' },
      el('div', { class: 'tools' }, legend(), this.#twin),
      this.#empty,
      this.#scroll,
      this.#table.element,
    );
    this.#canvas.addEventListener('pointermove', (event) => this.#point(event.offsetX, event.offsetY));
    this.#canvas.addEventListener('pointerleave', () => this.#mark(null));
    this.#canvas.addEventListener('click', () => this.#open());
    this.#canvas.addEventListener('keydown', (event) => this.#onKey(event));
    this.#canvas.addEventListener('blur', () => this.#mark(null));
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    onThemeChange(() => {
      this.#theme = null;
      this.#draw();
    });
    this.#tip.hidden = true;
    this.#setTable(false);
  }

  update(model: RunModel): void {
    this.#model = model;
    if (model.spans === this.#spans && model.progress === this.#progress && this.#layout !== null) {
      this.#arrange();
      return;
    }
    const pointedAt = this.#markedSpan();
    this.#rows = rowsOf(model.spans, model.progress?.workers ?? []);
    // Spans come at the end, so that a mark keeps its place, unless all were put together more coarsely.
    if (pointedAt !== null && this.#markedSpan()?.begin !== pointedAt.begin) this.#mark(null);
    this.#spans = model.spans;
    this.#progress = model.progress;
    this.#arrange();
    this.#draw();
  }

  #arrange(): void {
    const model = this.#model;
    const none = this.#rows.length === 0;
    this.#empty.hidden = !none;
    this.#scroll.hidden = none || this.#asTable;
    this.#table.element.hidden = none || !this.#asTable;
    this.#twin.hidden = none;
    if (model === null) return;
    setText(
      this.#empty,
      isOver(model) ? 'No worker was started.' : 'A row for each worker appears here once they start.',
    );
    if (this.#asTable) this.#table.update(model);
  }

  #setTable(asTable: boolean): void {
    this.#asTable = asTable;
    setAttribute(this.#twin, 'aria-pressed', String(asTable));
    this.#arrange();
    this.#draw();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#scroll;
    const context = this.#canvas.getContext('2d');
    if (this.#rows.length === 0 || this.#asTable || width < 50 || context === null) return;
    const running = this.#model !== null && isRunning(this.#model);
    this.#layout = layOut(this.#rows, running ? (this.#progress?.time ?? null) : null, { width, height });
    this.#theme ??= readTheme(this.#canvas);
    const ratio = window.devicePixelRatio;
    const pixels = { width: Math.round(width * ratio), height: Math.round(this.#layout.height * ratio) };
    if (this.#canvas.width !== pixels.width || this.#canvas.height !== pixels.height) {
      this.#canvas.width = pixels.width;
      this.#canvas.height = pixels.height;
      this.#canvas.style.height = `${this.#layout.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawTimeline(context, this.#layout, this.#theme, this.#marked);
  }

  #point(x: number, y: number): void {
    this.#mark(this.#layout === null ? null : spanAt(this.#layout, x, y));
  }

  #mark(mark: { row: number; span: number } | null): void {
    if (mark?.row === this.#marked?.row && mark?.span === this.#marked?.span) return;
    this.#marked = mark;
    const span = this.#markedSpan();
    this.#canvas.classList.toggle('clickable', span !== null && span.item >= 0);
    this.#tip.hidden = span === null;
    if (span !== null && this.#layout !== null && mark !== null) {
      setText(this.#tip, describeSpan(span));
      const x = (xOf(this.#layout, span.begin) + xOf(this.#layout, span.end)) / 2;
      const half = this.#tip.offsetWidth / 2;
      this.#tip.style.left = `${Math.max(4, Math.min(this.#layout.width - 2 * half - 4, x - half))}px`;
      const below = (mark.row + 1) * this.#layout.pitch + 3;
      const room = this.#scroll.scrollTop + this.#scroll.clientHeight - this.#tip.offsetHeight;
      this.#tip.style.top = `${below <= room ? below : Math.max(0, mark.row * this.#layout.pitch - this.#tip.offsetHeight - 3)}px`;
    }
    this.#draw();
  }

  #markedSpan(): TimelineSpan | null {
    return this.#marked === null ? null : (this.#rows[this.#marked.row]?.spans[this.#marked.span] ?? null);
  }

  #open(): void {
    const span = this.#markedSpan();
    if (span !== null && span.item >= 0) this.#post({ type: 'openResult', index: span.item });
  }

  #onKey(event: KeyboardEvent): void {
    const { row, span } = this.#marked ?? { row: 0, span: -1 };
    if (event.key === 'ArrowRight') this.#step(row, span + 1);
    else if (event.key === 'ArrowLeft') this.#step(row, span - 1);
    else if (event.key === 'ArrowDown') this.#changeRow(row, row + 1);
    else if (event.key === 'ArrowUp') this.#changeRow(row, row - 1);
    else if (event.key === 'Enter') this.#open();
    else if (event.key === 'Escape') this.#mark(null);
    else return;
    event.preventDefault();
  }

  #step(row: number, span: number): void {
    const spans = this.#rows[row]?.spans ?? [];
    if (spans.length > 0) this.#mark({ row, span: Math.max(0, Math.min(spans.length - 1, span)) });
  }

  // To the span of the other worker at about the same time.
  #changeRow(from: number, to: number): void {
    const target = this.#rows[to];
    if (target === undefined || target.spans.length === 0) return;
    const time = this.#markedSpan()?.begin ?? this.#rows[from]?.spans[0]?.begin ?? 0;
    const index = target.spans.findIndex((span) => span.end >= time);
    this.#step(to, index < 0 ? target.spans.length - 1 : index);
  }
}

function legend(): HTMLElement {
  const entry = (kind: string, label: string): HTMLElement =>
    el('span', {}, el('span', { class: `swatch ${kind}` }), label);
  return el(
    'div',
    { class: 'legend' },
    entry('startup', 'Starting up'),
    entry('computing', 'Computing'),
    entry('encoding', 'Encoding'),
    entry('broken', 'Failed'),
  );
}
