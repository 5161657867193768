import type { Sums, TimelineRow } from './rows.ts';
import type { PixelTheme } from './theme.ts';
import type { Period } from './zoom.ts';

/** Of a pixel in which a worker did anything at all: less cannot be seen. */
const LEAST = 0.1;
/** Start-up is hatched where there is room; here it is as much lighter. */
const STARTUP = 0.55;

/**
 * What a worker did in each of `columns` equal parts of a piece of time, as two lines of RGBA pixels from `offset` on: in the
 * upper one start-up and computing, in the lower one encoding too. How opaque a pixel is says how busy the worker was; where
 * anything failed, the upper one has the colour of failure. A `thin` row has no room for halves: both lines show all.
 * Costs by the column, however many stretches it holds.
 */
export function shadeRow(
  row: TimelineRow,
  shown: Period,
  columns: number,
  theme: PixelTheme,
  out: Uint8ClampedArray,
  offset: number,
  thin = false,
): void {
  const failed: number[] = [];
  let before: Sums = { startup: 0, computing: 0, encoding: 0, failed: 0 };
  let after: Sums = { ...before };
  const step = shown.length / columns;
  let index = row.lastBegunBy(shown.begin);
  row.sumsAt(shown.begin, index, before);
  for (let column = 0; column < columns; column++) {
    const time = shown.begin + (column + 1) * step;
    index = row.lastBegunBy(time, Math.max(0, index));
    row.sumsAt(time, index, after);
    const startup = (after.startup - before.startup) / step;
    const computing = (after.computing - before.computing) / step;
    const encoding = (after.encoding - before.encoding) / step;
    const upper = offset + 4 * column;
    if (after.failed > before.failed) failed.push(column);
    mix(out, upper, theme, startup, computing, thin ? encoding : 0);
    mix(out, upper + 4 * columns, theme, startup, computing, encoding);
    [before, after] = [after, before];
  }
  for (const column of failed) markFailure(out, offset, column, columns, theme, thin);
}

/** Three pixels wide: one alone is easily overlooked. */
function markFailure(
  out: Uint8ClampedArray,
  offset: number,
  column: number,
  columns: number,
  theme: PixelTheme,
  thin: boolean,
): void {
  for (let near = Math.max(0, column - 1); near <= Math.min(columns - 1, column + 1); near++) {
    put(out, offset + 4 * near, theme.failure);
    if (thin) put(out, offset + 4 * (columns + near), theme.failure);
  }
}

function mix(
  out: Uint8ClampedArray,
  at: number,
  theme: PixelTheme,
  startup: number,
  computing: number,
  encoding: number,
): void {
  const whole = startup + computing + encoding;
  if (!(whole > 0)) {
    out[at + 3] = 0;
    return;
  }
  for (let part = 0; part < 3; part++) {
    out[at + part] =
      ((theme.startup[part] ?? 0) * startup +
        (theme.computing[part] ?? 0) * computing +
        (theme.encoding[part] ?? 0) * encoding) /
      whole;
  }
  out[at + 3] = 255 * Math.max(LEAST, Math.min(1, computing + encoding + STARTUP * startup));
}

function put(out: Uint8ClampedArray, at: number, colour: readonly number[]): void {
  for (let part = 0; part < 3; part++) out[at + part] = colour[part] ?? 0;
  out[at + 3] = 255;
}
