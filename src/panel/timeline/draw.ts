import { formatFineTick, formatTick } from '../../report/format.ts';
import { axisTicks, tickStep } from '../../report/ticks.ts';
import { AXIS_HEIGHT, type Mark, rowWidth, stretchesInSight, type TimelineLayout, xOf } from './layout.ts';
import type { TimelineRow } from './rows.ts';
import { shadeRow } from './shade.ts';
import type { TimelineTheme } from './theme.ts';

/** px between two names or two times that can both be read. */
const NAME_STEP = 14;
const TICK_STEP = 110;
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
      shadeRow(row, layout, columns, theme.pixels, data, 8 * columns * index);
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
  const { rows, pitch, bar, left, width, height, all } = layout;
  const bottom = height - AXIS_HEIGHT;
  context.fillStyle = theme.row;
  rows.forEach((_, row) => {
    context.fillRect(left, row * pitch, width - left, bar);
  });
  context.fillStyle = theme.text;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const every = Math.max(1, Math.ceil(NAME_STEP / pitch));
  rows.forEach(({ worker }, row) => {
    if (row % every === 0)
      context.fillText(
        left > 40 ? `Worker ${worker}` : String(worker),
        0,
        Math.max(6, row * pitch + bar / 2),
      );
  });
  context.textBaseline = 'bottom';
  const offset = layout.begin - all.begin;
  const wanted = Math.max(2, (width - left) / TICK_STEP);
  const step = tickStep(layout.length, wanted);
  const isWhole = layout.length >= all.length;
  for (const tick of axisTicks(layout.length, wanted, offset)) {
    const x = xOf(layout, all.begin + tick);
    context.fillStyle = theme.line;
    context.fillRect(Math.round(x), 0, 1, bottom + 3);
    context.fillStyle = theme.text;
    const text = isWhole ? formatTick(tick) : formatFineTick(tick, step);
    const half = context.measureText(text).width / 2;
    context.textAlign = x + half > width ? 'right' : x - half < left ? 'left' : 'center';
    context.fillText(text, Math.min(x, width), height);
  }
  if (isWhole) return;
  // Which part of the whole is seen.
  const scale = rowWidth(layout) / all.length;
  context.fillStyle = theme.focus;
  context.fillRect(left + offset * scale, bottom, Math.max(3, layout.length * scale), 2);
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
    context.fillRect(x2, top + bar / 2, Math.max(0, x3 - x2 - hair), bar / 2);
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
