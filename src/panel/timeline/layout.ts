import type { TimelineSpan, WorkerSnapshot } from '../../protocol/run.ts';

/** Row heights in px: what is comfortable, and what still shows. */
const MAX_PITCH = 28;
const MIN_PITCH = 2.5;
export const AXIS_HEIGHT = 20;

/** One worker's spans in the order of time. */
export interface TimelineRow {
  readonly worker: number;
  readonly spans: readonly TimelineSpan[];
}

/** Where everything of a timeline lies, in CSS px and ms. */
export interface TimelineLayout {
  readonly rows: readonly TimelineRow[];
  /** Epoch ms at the left end, and ms from there to the right end. */
  readonly begin: number;
  readonly length: number;
  /** Left end of the rows: what is before belongs to the names. */
  readonly left: number;
  readonly width: number;
  /** From one row to the next, and the height of its bar. */
  readonly pitch: number;
  readonly bar: number;
  readonly height: number;
}

/** Rows by worker, every worker that is known included, so that idle ones show too. */
export function rowsOf(spans: readonly TimelineSpan[], workers: readonly WorkerSnapshot[]): TimelineRow[] {
  const rows = new Map<number, TimelineSpan[]>(workers.map((worker) => [worker.id, []]));
  for (const span of spans) {
    const row = rows.get(span.worker);
    if (row === undefined) rows.set(span.worker, [span]);
    else row.push(span);
  }
  return [...rows]
    .map(([worker, own]) => ({ worker, spans: own.sort((a, b) => a.begin - b.begin) }))
    .sort((a, b) => a.worker - b.worker);
}

/** Lays rows out in a space of `width` by `height` px; higher than that when rows would get too thin to see. */
export function layOut(
  rows: readonly TimelineRow[],
  now: number | null,
  space: { readonly width: number; readonly height: number },
): TimelineLayout {
  let begin = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { spans } of rows) {
    for (const span of spans) {
      begin = Math.min(begin, span.begin);
      end = Math.max(end, span.end);
    }
  }
  if (!Number.isFinite(begin)) begin = now ?? 0;
  const length = Math.max(1, Math.max(end, now ?? end) - begin);
  const fair = (space.height - AXIS_HEIGHT) / Math.max(1, rows.length);
  const pitch = Math.max(MIN_PITCH, Math.min(MAX_PITCH, fair));
  const bar = pitch >= 12 ? pitch - 5 : pitch * 0.8;
  const left = pitch >= 14 ? 66 : 30;
  return {
    rows,
    begin,
    length,
    left,
    width: space.width,
    pitch,
    bar,
    height: rows.length * pitch + AXIS_HEIGHT,
  };
}

/** x of a point in time. */
export function xOf(layout: TimelineLayout, time: number): number {
  return layout.left + ((time - layout.begin) / layout.length) * (layout.width - layout.left - 1);
}

/** The span at a point, with a little slack for thin ones; null between them. */
export function spanAt(layout: TimelineLayout, x: number, y: number): { row: number; span: number } | null {
  const row = Math.floor(y / layout.pitch);
  const spans = layout.rows[row]?.spans;
  if (spans === undefined || spans.length === 0 || x < layout.left) return null;
  const perPixel = layout.length / Math.max(1, layout.width - layout.left - 1);
  const time = layout.begin + (x - layout.left) * perPixel;
  const index = lastBegunBy(spans, time);
  const hit = spans[index];
  if (hit !== undefined && time <= hit.end) return { row, span: index };
  const slack = 2 * perPixel;
  if (hit !== undefined && time <= hit.end + slack) return { row, span: index };
  const next = spans[index + 1];
  return next !== undefined && next.begin - slack <= time ? { row, span: index + 1 } : null;
}

// Index of the last span that begins at or before `time`; -1 if none. Spans of a row do not overlap.
function lastBegunBy(spans: readonly TimelineSpan[], time: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.begin ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
