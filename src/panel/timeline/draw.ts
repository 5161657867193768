import type { TimelineSpan } from '../../protocol/run.ts';
import { formatTick } from '../../report/format.ts';
import { axisTicks } from '../../report/ticks.ts';
import { AXIS_HEIGHT, type TimelineLayout, xOf } from './layout.ts';
import type { TimelineTheme } from './theme.ts';

/** px between two names or two times that can both be read. */
const NAME_STEP = 14;
const TICK_STEP = 110;

/**
 * Draws a timeline into a context in CSS px. The kinds differ in form as well as in colour: computing fills its row,
 * encoding the lower half, start-up is hatched; a failure is a mark on top.
 *
 * What is thinner than a pixel is drawn as thin as it is: the canvas mixes it with what lies behind, so that a column's
 * shade says how busy the worker was there.
 */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  marked: { readonly row: number; readonly span: number } | null,
): void {
  context.clearRect(0, 0, layout.width, layout.height);
  context.font = theme.font;
  drawFrame(context, layout, theme);
  layout.rows.forEach(({ spans }, row) => {
    const top = row * layout.pitch;
    for (const span of spans) drawSpan(context, layout, theme, span, top);
    for (const span of spans) if (span.failed > 0) drawFailure(context, layout, theme, span, top);
  });
  const span = marked === null ? undefined : layout.rows[marked.row]?.spans[marked.span];
  if (marked === null || span === undefined) return;
  const x = xOf(layout, span.begin);
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  context.strokeRect(
    x - 1,
    marked.row * layout.pitch,
    Math.max(2, xOf(layout, span.end) - x) + 2,
    layout.bar,
  );
}

function drawFrame(context: CanvasRenderingContext2D, layout: TimelineLayout, theme: TimelineTheme): void {
  const { rows, pitch, bar, left, width, height } = layout;
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
  for (const tick of axisTicks(layout.length, Math.max(2, (width - left) / TICK_STEP))) {
    const x = xOf(layout, layout.begin + tick);
    context.fillStyle = theme.line;
    context.fillRect(Math.round(x), 0, 1, bottom + 3);
    context.fillStyle = theme.text;
    const text = formatTick(tick);
    const half = context.measureText(text).width / 2;
    context.textAlign = x + half > width ? 'right' : x - half < left ? 'left' : 'center';
    context.fillText(text, Math.min(x, width), height);
  }
}

function drawSpan(
  context: CanvasRenderingContext2D,
  layout: TimelineLayout,
  theme: TimelineTheme,
  span: TimelineSpan,
  top: number,
): void {
  const x = xOf(layout, span.begin);
  const full = xOf(layout, span.end) - x;
  // A hair between neighbours, where there is room, lets single items be told apart.
  const width = full > 4 ? full - 1 : full;
  context.fillStyle = theme[span.kind];
  if (span.kind === 'computing') context.fillRect(x, top, width, layout.bar);
  else if (span.kind === 'encoding') context.fillRect(x, top + layout.bar / 2, width, layout.bar / 2);
  else hatch(context, theme.startup, x, top, width, layout.bar);
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
  span: TimelineSpan,
  top: number,
): void {
  const x = (xOf(layout, span.begin) + xOf(layout, span.end)) / 2;
  const size = Math.min(6, Math.max(3, layout.bar / 2));
  context.fillStyle = theme.failure;
  context.fillRect(x - 1, top, 2, layout.bar);
  context.beginPath();
  context.moveTo(x - size, top);
  context.lineTo(x + size, top);
  context.lineTo(x, top + size);
  context.fill();
}
