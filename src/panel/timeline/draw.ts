import { formatFineTick, formatTick } from '../../report/format.ts';
import { shortHostName } from '../../report/host-name.ts';
import * as l10n from '../../report/l10n.ts';
import { axisTicks, tickStep } from '../../report/ticks.ts';
import {
  AXIS_HEIGHT,
  type Mark,
  rowWidth,
  stretchesInSight,
  THIN,
  type TimelineLayout,
  xOf,
} from './layout.ts';
import type { TimelineRow } from './rows.ts';
import { shadeRow } from './shade.ts';
import type { TimelineTheme } from './theme.ts';

/** px between two names or two times that can both be read. */
const NAME_STEP = 14;
const NAME_STEPS = [1, 2, 5, 10, 20, 50];
const TICK_STEP = 110;
/** Where names of hosts begin, in px. */
const HOST_LEFT = 66;
/** Up to so many stretches in sight are drawn one by one; more are shaded by the pixel. */
const SINGLE = 3_000;

/** A canvas out of sight, for the pixels of shaded rows. */
export class ShadeBuffer {
  readonly #canvas = document.createElement('canvas');
  #image: ImageData | null = null;

  /** Two lines of `columns` pixels for each row. */
  fill(rows: readonly TimelineRow[], layout: TimelineLayout, columns: number, theme: TimelineTheme): void {
    const height = 2 * rows.length;
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    if (this.#canvas.width !== columns || this.#canvas.height !== height || this.#image === null) {
      this.#canvas.width = columns;
      this.#canvas.height = height;
      this.#image = context.createImageData(columns, height);
    }
    const { data } = this.#image;
    rows.forEach((row, index) => {
      shadeRow(row, layout, columns, theme.pixels, data, 8 * columns * index, layout.bar < THIN);
    });
    context.putImageData(this.#image, 0, 0);
  }

  draw(context: CanvasRenderingContext2D, layout: TimelineLayout, columns: number): void {
    context.imageSmoothingEnabled = false;
    const width = rowWidth(layout);
    layout.rows.forEach((_, row) => {
      const top = row * layout.pitch;
      context.drawImage(this.#canvas, 0, 2 * row, columns, 2, layout.left, top, width, layout.bar);
    });
  }
}

/**
 * Draws a timeline into a context in CSS px. The kinds differ in form as well as in colour: computing fills its row,
 * encoding the lower half, start-up is hatched; a failure is a mark on top. Of many stretches, shades by the pixel say how
 * busy a worker was. Either way what is drawn is bounded by the pixels, and only what is in sight is looked at.
 */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  marked: Mark | null,
  buffer: ShadeBuffer,
): void {
  context.clearRect(0, 0, layout.width, layout.height);
  context.font = theme.font;
  drawFrame(context, layout, theme);
  const end = layout.begin + layout.length;
  const inSight = layout.rows.map((row) => stretchesInSight(row, layout.begin, end));
  const count = inSight.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  context.save();
  context.beginPath();
  context.rect(layout.left, 0, rowWidth(layout) + 1, layout.height);
  context.clip();
  if (count > SINGLE) {
    const columns = Math.max(1, Math.round(rowWidth(layout) * window.devicePixelRatio));
    buffer.fill(layout.rows, layout, columns, theme);
    buffer.draw(context, layout, columns);
    if (layout.bar >= THIN) drawStartups(context, layout, theme);
  } else drawEach(context, layout, theme, inSight);
  drawMark(context, layout, theme, marked);
  context.restore();
}

function drawEach(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  inSight: readonly (readonly [number, number])[],
): void {
  layout.rows.forEach((row, position) => {
    const [first, last] = inSight[position] ?? [0, -1];
    const top = position * layout.pitch;
    for (let index = first; index <= last; index++) drawStretch(context, layout, theme, row, index, top);
    for (let index = first; index <= last; index++)
      if (row.failedAt(index) > 0) drawFailure(context, layout, theme, row, index, top);
  });
}

/** A worker starts once, before all else: that is told by its form in shaded rows too. */
function drawStartups(context: CanvasRenderingContext2D, layout: TimelineLayout, theme: TimelineTheme): void {
  layout.rows.forEach((row, position) => {
    const x = Math.max(layout.left, xOf(layout, row.beginAt(0)));
    const width = xOf(layout, row.beginAt(0) + row.startupAt(0)) - x;
    if (row.length === 0 || !(width > 1) || x > layout.width) return;
    const top = position * layout.pitch;
    context.clearRect(x, top, width, layout.bar);
    context.fillStyle = theme.row;
    context.fillRect(x, top, width, layout.bar);
    hatch(context, theme.startup, x, top, Math.min(width, layout.width - x), layout.bar);
  });
}

function drawMark(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  marked: Mark | null,
): void {
  const row = marked === null ? undefined : layout.rows[marked.row];
  if (marked === null || row === undefined) return;
  const x = xOf(layout, row.beginAt(marked.index));
  const width = Math.max(2, xOf(layout, row.endAt(marked.index)) - x);
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  context.strokeRect(x - 1, marked.row * layout.pitch, width + 2, layout.bar);
}

function drawFrame(context: CanvasRenderingContext2D, layout: TimelineLayout, theme: TimelineTheme): void {
  const { rows, pitch, bar, left, width } = layout;
  context.fillStyle = theme.row;
  rows.forEach((_, row) => {
    context.fillRect(left, row * pitch, width - left, bar);
  });
  drawNames(context, layout, theme);
  context.fillStyle = theme.line;
  for (const { x } of ticksOf(layout)) context.fillRect(Math.round(x), 0, 1, layout.height);
}

/** Where rows are thin, those of round numbers only. */
function drawNames(context: CanvasRenderingContext2D, layout: TimelineLayout, theme: TimelineTheme): void {
  const { rows, pitch, bar, left } = layout;
  context.fillStyle = theme.text;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const every = NAME_STEPS.find((step) => step * pitch >= NAME_STEP) ?? 1;
  let last = Number.NEGATIVE_INFINITY;
  const hosts = new Set(rows.flatMap(({ host }) => host ?? []));
  rows.forEach(({ worker, host }, row) => {
    const y = row * pitch + bar / 2;
    if (worker % every !== 0 || y < 5 || y - last < NAME_STEP) return;
    last = y;
    context.fillText(left > 40 ? l10n.t('Worker {0}', worker) : String(worker), 0, y);
    if (left > 100 && host !== undefined && host !== rows[row - 1]?.host)
      context.fillText(fitted(context, shortHostName(host, hosts), left - HOST_LEFT - 6), HOST_LEFT, y);
  });
  drawHostLines(context, layout, theme);
}

/** Between the workers of one host and those of the next. */
function drawHostLines(
  context: CanvasRenderingContext2D,
  { rows, pitch, width }: TimelineLayout,
  theme: TimelineTheme,
): void {
  context.fillStyle = theme.line;
  rows.forEach(({ host }, row) => {
    if (row > 0 && host !== rows[row - 1]?.host) context.fillRect(0, row * pitch - 1, width, 1);
  });
}

/** The text, or as much of its end as has room: the ends of names of hosts differ. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let from = 1;
  while (from < text.length && context.measureText(`…${text.slice(from)}`).width > room) from++;
  return `…${text.slice(from)}`;
}

/** Draws the times below the rows, and which part of the whole is seen, into a canvas of `AXIS_HEIGHT`. */
export function drawAxis(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
): void {
  const { left, width, all } = layout;
  context.clearRect(0, 0, width, AXIS_HEIGHT);
  context.font = theme.font;
  context.textBaseline = 'bottom';
  for (const { x, text } of ticksOf(layout)) {
    context.fillStyle = theme.line;
    context.fillRect(Math.round(x), 0, 1, 4);
    context.fillStyle = theme.text;
    const half = context.measureText(text).width / 2;
    context.textAlign = x + half > width ? 'right' : x - half < left ? 'left' : 'center';
    context.fillText(text, Math.min(x, width), AXIS_HEIGHT);
  }
  if (layout.length >= all.length) return;
  const scale = rowWidth(layout) / all.length;
  context.fillStyle = theme.row;
  context.fillRect(left, 0, rowWidth(layout), 3);
  context.fillStyle = theme.focus;
  context.fillRect(left + (layout.begin - all.begin) * scale, 0, Math.max(3, layout.length * scale), 3);
}

function ticksOf(layout: TimelineLayout): { x: number; text: string }[] {
  const { all, begin, length, left, width } = layout;
  const wanted = Math.max(2, (width - left) / TICK_STEP);
  const step = tickStep(length, wanted);
  return axisTicks(length, wanted, begin - all.begin).map((tick) => ({
    x: xOf(layout, all.begin + tick),
    text: length >= all.length ? formatTick(tick) : formatFineTick(tick, step),
  }));
}

function drawStretch(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  row: TimelineRow,
  index: number,
  top: number,
): void {
  const { bar } = layout;
  const begin = row.beginAt(index);
  const computing = begin + row.startupAt(index);
  const encoding = computing + row.computingAt(index);
  const end = encoding + row.encodingAt(index);
  const [x0, x1, x2, x3] = [begin, computing, encoding, end].map((time) =>
    Math.max(layout.left - 8, Math.min(layout.width + 8, xOf(layout, time))),
  ) as [number, number, number, number];
  if (x1 > x0) hatch(context, theme.startup, x0, top, x1 - x0, bar);
  // A hair between neighbours, where there is room, lets single items be told apart.
  const hair = x3 - x1 > 4 ? 1 : 0;
  if (x2 > x1) {
    context.fillStyle = theme.computing;
    context.fillRect(x1, top, Math.max(0, x2 - x1 - (x3 > x2 ? 0 : hair)), bar);
  }
  if (x3 > x2) {
    context.fillStyle = theme.encoding;
    const height = bar < THIN ? bar : bar / 2;
    context.fillRect(x2, top + bar - height, Math.max(0, x3 - x2 - hair), height);
  }
}

function hatch(
  context: CanvasRenderingContext2D,
  color: string,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.globalAlpha = 0.28;
  context.fillStyle = color;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let at = x - height; at < x + width; at += 6) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

function drawFailure(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  row: TimelineRow,
  index: number,
  top: number,
): void {
  const x = (xOf(layout, row.beginAt(index)) + xOf(layout, row.endAt(index))) / 2;
  const size = Math.min(6, Math.max(3, layout.bar / 2));
  context.fillStyle = theme.failure;
  context.fillRect(x - 1, top, 2, layout.bar);
  context.beginPath();
  context.moveTo(x - size, top);
  context.lineTo(x + size, top);
  context.lineTo(x, top + size);
  context.fill();
}
