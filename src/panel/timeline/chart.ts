import * as l10n from '../../report/l10n.ts';
import { NO_ITEM, type Stretch } from '../../report/stretches.ts';
import { el } from '../dom.ts';
import { sized } from './canvas.ts';
import { drawAxis, drawTimeline, ShadeBuffer } from './draw.ts';
import { AXIS_HEIGHT, layOut, type Mark, stretchAt, type TimelineLayout, timeAt, wholeOf } from './layout.ts';
import type { TimelineRows } from './rows.ts';
import { onThemeChange, readTheme, type TimelineTheme } from './theme.ts';
import { Tip } from './tip.ts';
import { type Period, pan, reveal, zoom } from './zoom.ts';

export interface ChartOptions {
  readonly rows: TimelineRows;
  /** An item was chosen. */
  readonly open: (item: number) => void;
  /** Another part of the run is seen, or the whole of it. */
  readonly onShow: () => void;
}

/** The rows of the workers on a canvas: which part of the run is seen, and which stretch is marked. */
export class TimelineChart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  /** Has the focus, and takes what pointer and keys do. */
  readonly canvas = el('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': l10n.t('timeline'),
    'aria-label': l10n.t(
      'Timeline of the workers: arrow keys go from item to item, Enter opens it; plus and minus zoom, Shift with arrow keys moves, 0 shows the whole run',
    ),
    test: 'timeline-canvas',
  });
  readonly #axis = el('canvas', { class: 'axis', 'aria-hidden': 'true' });
  readonly #tip = new Tip();
  readonly #buffer = new ShadeBuffer();
  #theme: TimelineTheme | null = null;
  #layout: TimelineLayout | null = null;
  /** The present, while the run goes on. */
  #now: number | null = null;
  /** What is seen; null for the whole run, also while it grows. */
  #shown: Period | null = null;
  #marked: Mark | null = null;
  #frame: number | null = null;

  constructor(options: ChartOptions) {
    this.#options = options;
    this.element = el('div', { class: 'canvas-space' }, this.canvas, this.#axis, this.#tip.element);
    new ResizeObserver(() => this.draw()).observe(this.element);
    onThemeChange(() => {
      this.#theme = null;
      this.draw();
    });
  }

  /** Where everything lies; null before it was drawn. */
  get layout(): TimelineLayout | null {
    return this.#layout;
  }

  get isZoomed(): boolean {
    return this.#shown !== null;
  }

  /** Of another run, all is seen. */
  begin(): void {
    this.#shown = null;
  }

  /** @param now the present, while the run goes on: the rows reach to it. */
  update(now: number | null): void {
    this.#now = now;
    this.draw();
  }

  /** Draws at once; nothing while it is not in sight. */
  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const { all: rows } = this.#options.rows;
    if (rows.length === 0 || width < 50) return;
    this.#layout = layOut(rows, this.#all, this.#shown, { width, height: height - AXIS_HEIGHT });
    this.#theme ??= readTheme(this.canvas);
    const bars = sized(this.canvas, width, this.#layout.height);
    if (bars !== null) drawTimeline(bars, this.#layout, this.#theme, this.#marked, this.#buffer);
    const axis = sized(this.#axis, width, AXIS_HEIGHT);
    if (axis !== null) drawAxis(axis, this.#layout, this.#theme);
  }

  /** Null for the whole run. */
  show(shown: Period | null): void {
    this.#shown = shown;
    if (this.#layout !== null) this.#layout = { ...this.#layout, ...(shown ?? this.#all) };
    this.#options.onShow();
    this.#placeTip();
    this.#schedule();
  }

  /** Around `x` px, or the marked item, or the middle. */
  zoom(factor: number, x?: number): void {
    const layout = this.#layout;
    if (layout === null) return;
    const marked = this.#markedStretch;
    const middle = layout.begin + layout.length / 2;
    const inSight =
      marked !== null && marked.begin >= layout.begin && marked.begin <= layout.begin + layout.length;
    const at = x !== undefined ? timeAt(layout, x) : inSight ? marked.begin : middle;
    this.show(zoom(layout, layout.all, factor, at));
  }

  /** By a share of what is seen. */
  pan(share: number): void {
    if (this.#layout !== null && this.#shown !== null) this.show(pan(this.#layout, this.#layout.all, share));
  }

  /** Marks what lies under a point. */
  point(x: number, y: number): void {
    this.mark(this.#layout === null ? null : stretchAt(this.#layout, x, y));
  }

  mark(mark: Mark | null): void {
    if (mark?.row === this.#marked?.row && mark?.index === this.#marked?.index) return;
    this.#marked = mark;
    const stretch = this.#markedStretch;
    this.canvas.classList.toggle('clickable', stretch !== null && stretch.item !== NO_ITEM);
    if (stretch !== null) this.#tip.say(stretch, this.#options.rows.of(stretch.worker)?.host);
    this.#placeTip();
    this.#schedule();
  }

  /** Opens the item that is marked. */
  open(): void {
    const stretch = this.#markedStretch;
    if (stretch !== null && stretch.item !== NO_ITEM) this.#options.open(stretch.item);
  }

  /** So many stretches on in the row. */
  step(by: number): void {
    const { row, index } = this.#marked ?? { row: 0, index: -1 };
    this.#goTo(row, index + by);
  }

  /** So many rows down, to the stretch of that worker at about the same time. */
  changeRow(by: number): void {
    const { all } = this.#options.rows;
    const from = this.#marked?.row ?? 0;
    const target = all[from + by];
    if (target === undefined || target.length === 0) return;
    const time = this.#markedStretch?.begin ?? all[from]?.beginAt(0) ?? 0;
    const index = target.lastBegunBy(time);
    const isThen = index >= 0 && target.endAt(index) >= time;
    this.#goTo(from + by, isThen ? index : Math.min(index + 1, target.length - 1));
  }

  /** From nowhere, to the first one in sight. */
  #goTo(row: number, index: number): void {
    const stretches = this.#options.rows.all[row];
    if (stretches === undefined || stretches.length === 0) return;
    const first =
      this.#layout === null || this.#marked !== null ? 0 : stretches.lastBegunBy(this.#layout.begin);
    const place = this.#marked === null && index <= 0 ? Math.max(0, first) : index;
    const mark = { row, index: Math.max(0, Math.min(stretches.length - 1, place)) };
    this.mark(mark);
    this.#reveal(mark);
  }

  #reveal({ row, index }: Mark): void {
    const layout = this.#layout;
    const stretches = this.#options.rows.all[row];
    if (layout === null || stretches === undefined) return;
    const top = row * layout.pitch;
    const { scrollTop } = this.element;
    const clientHeight = this.element.clientHeight - AXIS_HEIGHT;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + layout.pitch > scrollTop + clientHeight)
      this.element.scrollTop = top + layout.pitch - clientHeight;
    if (this.#shown === null) this.#placeTip();
    else this.show(reveal(this.#shown, layout.all, stretches.beginAt(index), stretches.endAt(index)));
  }

  #placeTip(): void {
    this.#tip.place(this.#markedStretch, this.#marked?.row ?? 0, this.#layout, this.element);
  }

  /** At most once a frame. */
  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.draw();
    });
  }

  get #all(): Period {
    return wholeOf(this.#options.rows, this.#now);
  }

  get #markedStretch(): Stretch | null {
    const mark = this.#marked;
    const row = mark === null ? undefined : this.#options.rows.all[mark.row];
    return mark === null || row === undefined || mark.index >= row.length ? null : row.at(mark.index);
  }
}
