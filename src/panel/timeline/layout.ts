import type { TimelineRow } from './rows.ts';
import type { Period } from './zoom.ts';

/** Row heights in px: what is comfortable, and what still shows. */
const MAX_PITCH = 28;
const MIN_PITCH = 3;
/** Below this many px a bar has no room for halves. */
export const THIN = 6;
export const AXIS_HEIGHT = 20;
/** Width in px of names that have a host in them. */
const FAR = 150;

/** Where everything of a timeline lies, in CSS px and ms. */
export interface TimelineLayout {
  readonly rows: readonly TimelineRow[];
  /** The whole of the run so far, in epoch ms and ms, and what is seen of it from the left end to the right end. */
  readonly all: Period;
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

/** The time from the first stretch to the last, or to `now` while the run goes on. */
export function wholeOf(time: { readonly begin: number; readonly end: number }, now: number | null): Period {
  const begin = Number.isFinite(time.begin) ? time.begin : (now ?? 0);
  return { begin, length: Math.max(1, Math.max(time.end, now ?? begin) - begin) };
}

/** Lays rows out in a space of `width` by `height` px; higher than that when rows would get too thin to see. */
export function layOut(
  rows: readonly TimelineRow[],
  all: Period,
  shown: Period | null,
  space: { readonly width: number; readonly height: number },
): TimelineLayout {
  const fair = space.height / Math.max(1, rows.length);
  // Whole pixels: thin rows of unequal height would make a pattern of their own.
  const pitch = Math.max(MIN_PITCH, Math.floor(Math.min(MAX_PITCH, fair)));
  const bar = pitch >= 12 ? pitch - 5 : pitch >= 5 ? pitch - 2 : pitch - 1;
  const far = rows.some(({ host }) => host !== undefined);
  const left = pitch >= 14 ? (far ? FAR : 66) : 30;
  const height = rows.length * pitch;
  const { begin, length } = shown ?? all;
  return { rows, all, begin, length, left, width: space.width, pitch, bar, height };
}

/** x of a point in time. */
export function xOf(layout: TimelineLayout, time: number): number {
  return layout.left + ((time - layout.begin) / layout.length) * rowWidth(layout);
}

/** Point in time at x. */
export function timeAt(layout: TimelineLayout, x: number): number {
  return layout.begin + ((x - layout.left) / rowWidth(layout)) * layout.length;
}

/** px from the left end of a row to its right end. */
export function rowWidth(layout: TimelineLayout): number {
  return Math.max(1, layout.width - layout.left - 1);
}

/** One stretch: the index of its row, and its own in the row. */
export interface Mark {
  readonly row: number;
  readonly index: number;
}

/** The stretch at a point, with a little slack for thin ones; null between them. */
export function stretchAt(layout: TimelineLayout, x: number, y: number): Mark | null {
  const row = Math.floor(y / layout.pitch);
  const stretches = layout.rows[row];
  if (stretches === undefined || stretches.length === 0 || x < layout.left) return null;
  const time = timeAt(layout, x);
  const slack = (2 * layout.length) / rowWidth(layout);
  const index = stretches.lastBegunBy(time);
  if (index >= 0 && time <= stretches.endAt(index) + slack) return { row, index };
  const next = index + 1;
  return next < stretches.length && stretches.beginAt(next) - slack <= time ? { row, index: next } : null;
}

/** The stretches of a row that can be seen: from the first index to the last, which is included. */
export function stretchesInSight(row: TimelineRow, begin: number, end: number): [number, number] {
  const before = row.lastBegunBy(begin);
  const first = before >= 0 && row.endAt(before) > begin ? before : before + 1;
  return [first, row.lastBegunBy(end, Math.max(0, before))];
}
