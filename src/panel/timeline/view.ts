import { isOver, isRunning, type RunModel } from '../../report/model.ts';
import { endOf, NO_ITEM, type Stretch } from '../../report/stretches.ts';
import { button, el, setAttribute, setText } from '../dom.ts';
import type { Part, Post } from '../part.ts';
import { describeStretch } from './describe.ts';
import { drawAxis, drawTimeline, ShadeBuffer } from './draw.ts';
import {
  AXIS_HEIGHT,
  layOut,
  type Mark,
  rowWidth,
  stretchAt,
  type TimelineLayout,
  timeAt,
  wholeOf,
  xOf,
} from './layout.ts';
import { TimelineRows } from './rows.ts';
import { WorkersTable } from './table.ts';
import { onThemeChange, readTheme, type TimelineTheme } from './theme.ts';
import { type Period, pan, reveal, zoom } from './zoom.ts';

/** How much nearer one press goes, and by which share of the width one goes aside. */
const ZOOM_STEP = 1.6;
const PAN_STEP = 0.2;
/** Turns px of a wheel into a factor. */
const WHEEL_ZOOM = 0.005;
/** px that the pointer may move between down and up for a click. */
const CLICK_SLACK = 3;

const KEYS =
  'arrow keys go from item to item, Enter opens it; plus and minus zoom, Shift with arrow keys moves, 0 shows the whole run';

/**
 * What every worker did when: a canvas, and the same as a table. Hovering or the arrow keys tell of one item, a click or
 * Enter opens it. Ctrl and wheel, or a pinch, zoom; dragging or the wheel sideways moves.
 */
export class TimelineView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #canvas = el('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'timeline',
    'aria-label': `Timeline of the workers: ${KEYS}`,
    test: 'timeline-canvas',
  });
  readonly #tip = el('div', { class: 'tip', role: 'status', 'aria-live': 'polite', test: 'timeline-tip' });
  readonly #axis = el('canvas', { class: 'axis', 'aria-hidden': 'true' });
  readonly #scroll = el('div', { class: 'canvas-space' }, this.#canvas, this.#axis, this.#tip);
  readonly #empty = el('p', { class: 'empty' });
  readonly #legend = legend();
  readonly #zooms: HTMLElement;
  readonly #whole: HTMLButtonElement;
  readonly #twin: HTMLButtonElement;
  readonly #table = new WorkersTable();
  readonly #rows = new TimelineRows();
  readonly #buffer = new ShadeBuffer();
  #theme: TimelineTheme | null = null;
  #layout: TimelineLayout | null = null;
  #model: RunModel | null = null;
  /** What is seen; null for the whole run, also while it grows. */
  #shown: Period | null = null;
  #marked: Mark | null = null;
  #drag: { readonly x: number; readonly shown: Period; moved: boolean } | null = null;
  #frame: number | null = null;
  #asTable = false;

  constructor(post: Post) {
    this.#post = post;
    this.#twin = button('Table', () => this.#setTable(!this.#asTable), {
      class: 'toggle',
      title: 'The same as numbers',
      test: 'timeline-table-button',
    });
    const zoomButton = (text: string, label: string, act: () => void): HTMLButtonElement =>
      button(text, act, { class: 'toggle', title: label, 'aria-label': label });
    this.#whole = button('Whole run', () => this.#show(null), {
      class: 'toggle',
      title: 'Show the whole run (0)',
      test: 'timeline-whole',
    });
    this.#zooms = el(
      'div',
      { class: 'choices', role: 'group', 'aria-label': 'Zoom' },
      zoomButton('−', 'Zoom out (-)', () => this.#zoom(1 / ZOOM_STEP)),
      zoomButton('+', 'Zoom in (+)', () => this.#zoom(ZOOM_STEP)),
      this.#whole,
    );
    this.element = el(
      'div',
      { class: 'timeline' },
      el('div', { class: 'tools' }, this.#legend, this.#zooms, this.#twin),
      this.#empty,
      this.#scroll,
      this.#table.element,
    );
    this.#listen();
    this.#tip.hidden = true;
    this.#setTable(false);
  }

  update(model: RunModel): void {
    const before = this.#model;
    this.#model = model;
    const isNew = nameOf(before) !== nameOf(model);
    if (isNew) {
      this.#rows.clear();
      this.#shown = null;
    }
    if (isNew || before?.timeline !== model.timeline || before.progress !== model.progress) {
      // Stretches come at the end, so that a mark keeps its place, unless all were put together more coarsely.
      if (!this.#rows.update(model.timeline, workersOf(model)) || isNew) this.#mark(null);
    }
    this.#arrange();
    this.#draw();
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.#layout === null) return;
      const { begin, length } = this.#layout;
      this.#drag = { x: event.offsetX, shown: { begin, length }, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#drag === null) this.#point(event.offsetX, event.offsetY);
      else this.#dragTo(event.offsetX);
    });
    canvas.addEventListener('pointerup', () => {
      if (this.#drag?.moved === false) this.#open();
      this.#drag = null;
    });
    canvas.addEventListener('pointercancel', () => {
      this.#drag = null;
    });
    canvas.addEventListener('pointerleave', () => this.#mark(null));
    canvas.addEventListener('dblclick', () => this.#show(null));
    canvas.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('blur', () => this.#mark(null));
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    onThemeChange(() => {
      this.#theme = null;
      this.#draw();
    });
  }

  #arrange(): void {
    const model = this.#model;
    const none = this.#rows.all.length === 0;
    this.#empty.hidden = !none;
    this.#scroll.hidden = none || this.#asTable;
    this.#legend.hidden = none || this.#asTable;
    this.#table.element.hidden = none || !this.#asTable;
    this.#twin.hidden = none;
    this.#zooms.hidden = none || this.#asTable;
    this.#whole.disabled = this.#shown === null;
    if (model === null) return;
    setText(
      this.#empty,
      isOver(model) ? 'No worker was started.' : 'A row for each worker appears here once they start.',
    );
    if (this.#asTable) this.#table.update(model, this.#rows);
  }

  #setTable(asTable: boolean): void {
    this.#asTable = asTable;
    setAttribute(this.#twin, 'aria-pressed', String(asTable));
    this.#arrange();
    this.#draw();
  }

  /** At most once a frame. */
  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#scroll;
    if (this.#rows.all.length === 0 || this.#asTable || width < 50) return;
    this.#layout = layOut(this.#rows.all, this.#all, this.#shown, {
      width,
      height: height - AXIS_HEIGHT,
    });
    this.#theme ??= readTheme(this.#canvas);
    const rows = sized(this.#canvas, width, this.#layout.height);
    if (rows !== null) drawTimeline(rows, this.#layout, this.#theme, this.#marked, this.#buffer);
    const axis = sized(this.#axis, width, AXIS_HEIGHT);
    if (axis !== null) drawAxis(axis, this.#layout, this.#theme);
  }

  get #all(): Period {
    const model = this.#model;
    const now = model !== null && isRunning(model) ? (model.progress?.time ?? null) : null;
    return wholeOf(this.#rows, now);
  }

  #show(shown: Period | null): void {
    this.#shown = shown;
    this.#whole.disabled = shown === null;
    if (this.#layout !== null) this.#layout = { ...this.#layout, ...(shown ?? this.#all) };
    this.#placeTip();
    this.#schedule();
  }

  /** Around `x` px, or the marked item, or the middle. */
  #zoom(factor: number, x?: number): void {
    const layout = this.#layout;
    if (layout === null) return;
    const marked = this.#markedStretch();
    const middle = layout.begin + layout.length / 2;
    const inSight =
      marked !== null && marked.begin >= layout.begin && marked.begin <= layout.begin + layout.length;
    const at = x !== undefined ? timeAt(layout, x) : inSight ? marked.begin : middle;
    this.#show(zoom(layout, layout.all, factor, at));
  }

  #pan(share: number): void {
    const layout = this.#layout;
    if (layout === null || this.#shown === null) return;
    this.#show(pan(layout, layout.all, share));
  }

  #dragTo(x: number): void {
    const layout = this.#layout;
    const drag = this.#drag;
    if (layout === null || drag === null) return;
    const by = drag.x - x;
    if (!drag.moved && Math.abs(by) <= CLICK_SLACK) return;
    drag.moved = true;
    this.#mark(null);
    if (this.#shown !== null) this.#show(pan(drag.shown, layout.all, by / rowWidth(layout)));
  }

  #onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) this.#zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), event.offsetX);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (this.#layout !== null) this.#pan(by / rowWidth(this.#layout));
    } else return;
    event.preventDefault();
    this.#point(event.offsetX, event.offsetY);
  }

  #point(x: number, y: number): void {
    this.#mark(this.#layout === null ? null : stretchAt(this.#layout, x, y));
  }

  #mark(mark: Mark | null): void {
    if (mark?.row === this.#marked?.row && mark?.index === this.#marked?.index) return;
    this.#marked = mark;
    const stretch = this.#markedStretch();
    this.#canvas.classList.toggle('clickable', stretch !== null && stretch.item !== NO_ITEM);
    if (stretch !== null) setText(this.#tip, describeStretch(stretch, this.#rows.of(stretch.worker)?.host));
    this.#placeTip();
    this.#schedule();
  }

  /** Under the marked stretch; nowhere while that is out of sight. */
  #placeTip(): void {
    const mark = this.#marked;
    const layout = this.#layout;
    const stretch = this.#markedStretch();
    const inSight =
      layout !== null &&
      stretch !== null &&
      endOf(stretch) >= layout.begin &&
      stretch.begin <= layout.begin + layout.length;
    this.#tip.hidden = !inSight;
    if (mark === null || !inSight) return;
    const x = (xOf(layout, stretch.begin) + xOf(layout, endOf(stretch))) / 2;
    const { offsetWidth: width, offsetHeight: height } = this.#tip;
    this.#tip.style.left = `${Math.max(4, Math.min(layout.width - width - 4, x - width / 2))}px`;
    const below = (mark.row + 1) * layout.pitch + 3;
    const room = this.#scroll.scrollTop + this.#scroll.clientHeight - AXIS_HEIGHT - height;
    this.#tip.style.top = `${below <= room ? below : Math.max(0, mark.row * layout.pitch - height - 3)}px`;
  }

  #markedStretch(): Stretch | null {
    const mark = this.#marked;
    const row = mark === null ? undefined : this.#rows.all[mark.row];
    return mark === null || row === undefined || mark.index >= row.length ? null : row.at(mark.index);
  }

  #open(): void {
    const stretch = this.#markedStretch();
    if (stretch !== null && stretch.item !== NO_ITEM) this.#post({ type: 'openResult', index: stretch.item });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, index } = this.#marked ?? { row: 0, index: -1 };
    const last = (this.#rows.all[row]?.length ?? 0) - 1;
    const act = {
      ArrowRight: () => (event.shiftKey ? this.#pan(PAN_STEP) : this.#step(row, index + 1)),
      ArrowLeft: () => (event.shiftKey ? this.#pan(-PAN_STEP) : this.#step(row, index - 1)),
      ArrowDown: () => this.#changeRow(row, row + 1),
      ArrowUp: () => this.#changeRow(row, row - 1),
      Home: () => this.#step(row, 0),
      End: () => this.#step(row, last),
      Enter: () => this.#open(),
      Escape: () => this.#mark(null),
      '+': () => this.#zoom(ZOOM_STEP),
      '=': () => this.#zoom(ZOOM_STEP),
      '-': () => this.#zoom(1 / ZOOM_STEP),
      '0': () => this.#show(null),
    }[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
  }

  /** From nowhere, to the first one in sight. */
  #step(row: number, index: number): void {
    const stretches = this.#rows.all[row];
    if (stretches === undefined || stretches.length === 0) return;
    const first =
      this.#layout === null || this.#marked !== null ? 0 : stretches.lastBegunBy(this.#layout.begin);
    const place = this.#marked === null && index <= 0 ? Math.max(0, first) : index;
    const mark = { row, index: Math.max(0, Math.min(stretches.length - 1, place)) };
    this.#mark(mark);
    this.#reveal(mark);
  }

  #reveal({ row, index }: Mark): void {
    const layout = this.#layout;
    const stretches = this.#rows.all[row];
    if (layout === null || stretches === undefined) return;
    const top = row * layout.pitch;
    const { scrollTop } = this.#scroll;
    const clientHeight = this.#scroll.clientHeight - AXIS_HEIGHT;
    if (top < scrollTop) this.#scroll.scrollTop = top;
    else if (top + layout.pitch > scrollTop + clientHeight)
      this.#scroll.scrollTop = top + layout.pitch - clientHeight;
    if (this.#shown === null) this.#placeTip();
    else this.#show(reveal(this.#shown, layout.all, stretches.beginAt(index), stretches.endAt(index)));
  }

  // To the stretch of the other worker at about the same time.
  #changeRow(from: number, to: number): void {
    const target = this.#rows.all[to];
    if (target === undefined || target.length === 0) return;
    const time = this.#markedStretch()?.begin ?? this.#rows.all[from]?.beginAt(0) ?? 0;
    const index = target.lastBegunBy(time);
    this.#step(
      to,
      index >= 0 && target.endAt(index) >= time ? index : Math.min(index + 1, target.length - 1),
    );
  }
}

/** Tells one run from another; a snapshot of the same run has a header of its own. */
function nameOf(model: RunModel | null): string | null {
  const header = model?.header ?? null;
  return header === null ? null : `${header.startedAt} ${header.runDir}`;
}

/** The context of a canvas in CSS px, in the device's resolution. */
function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio;
  const pixels = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  if (canvas.width !== pixels.width || canvas.height !== pixels.height) {
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
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
    entry('idle', 'Idle'),
    entry('broken', 'Failed'),
  );
}

function workersOf({ progress, summary }: RunModel): readonly { id: number; host?: string | undefined }[] {
  return progress?.workers ?? summary?.perWorker.map(({ worker, host }) => ({ id: worker, host })) ?? [];
}
