import type { RunSummary } from '../../protocol/run.ts';
import { formatSpeedup, formatSpeedupInterval, plural } from '../format.ts';
import { speedupAxes } from '../speedup-axis.ts';
import { WIDTH } from './charts.ts';
import { html, type Markup } from './markup.ts';

const HEIGHT = 260;
const LEFT = 44;
/** For the words at the ends of the lines. */
const RIGHT = 70;

/** Speedup over workers: the measured points with the spread of their runs, the forecast in its band, the ideal. */
export function forecastChart(summary: RunSummary): Markup {
  const points = summary.forecast ?? [];
  const axes = speedupAxes(summary);
  const [bottom, top, most] = [Math.log2(axes.bottom), Math.log2(axes.top), Math.log2(axes.workers)];
  const x = (workers: number): number => LEFT + (Math.log2(workers) / most) * (WIDTH - LEFT - RIGHT);
  const y = (speedup: number): number =>
    HEIGHT - ((Math.max(bottom, Math.log2(Math.max(speedup, 1e-3))) - bottom) / (top - bottom)) * HEIGHT;
  const line = path(points.map((point) => [x(point.workers), y(point.speedup)]));
  const band = path([
    ...points.map((point) => [x(point.workers), y(point.interval[1])] as const),
    ...points.toReversed().map((point) => [x(point.workers), y(point.interval[0])] as const),
  ]);
  const grid = axes.levels.map(
    (level) =>
      html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(level)}" y2="${y(level)}"/><text x="${LEFT - 8}" y="${y(level) + 4}" text-anchor="end">${level}x</text>`,
  );
  const columns = points.map(
    (point) =>
      html`<text x="${x(point.workers)}" y="${HEIGHT + 20}" text-anchor="middle">${point.workers}</text>`,
  );
  const dots = points.map(
    (point) =>
      html`<circle class="dot" cx="${x(point.workers)}" cy="${y(point.speedup)}" r="3"><title>${plural(point.workers, 'worker')}: ${formatSpeedup(point.speedup)}, ${formatSpeedupInterval(point.interval)}</title></circle>`,
  );
  const swept = (summary.scaling?.points ?? []).map(({ workers, speedup, spread, runs }) => {
    const [low, high] = [y(spread[0]), y(spread[1])];
    const whisker = `M${x(workers)} ${low}V${high}m-4 0h8M${x(workers) - 4} ${low}h8`;
    return html`<path class="whisker" d="${whisker}"/><rect class="swept" x="${x(workers) - 4}" y="${y(speedup) - 4}" width="8" height="8"><title>Sweep, ${plural(workers, 'worker')}: ${formatSpeedup(speedup)}, ${formatSpeedupInterval(spread)} in ${plural(runs, 'run')}</title></rect>`;
  });
  const { speedup, workers } = summary;
  const here =
    speedup === null
      ? html``
      : html`<circle class="measured" cx="${x(workers)}" cy="${y(speedup)}" r="6"><title>This run, ${plural(workers, 'worker')}: ${formatSpeedup(speedup)}</title></circle><text class="strong" x="${x(workers) + 12}" y="${Math.min(HEIGHT - 6, y(speedup) + 22)}">this run ${formatSpeedup(speedup)}</text>`;
  const ideal = path([
    [x(1), y(1)],
    [x(axes.workers), y(axes.workers)],
  ]);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 44}" role="img" aria-label="Speedup to be expected with other numbers of workers; the table below has the numbers">${grid}<path class="band" d="${band}z"/><path class="ideal" d="${ideal}"/><text x="${x(axes.workers) + 8}" y="${y(axes.workers) + 4}">ideal</text><path class="curve" d="${line}"/>${dots}${here}${swept}${columns}<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT + 40}" text-anchor="middle">workers</text></svg>`;
}

/** From the measured speedup, in the weaker colour, to what a change would give. */
export function gainBar(from: number, to: number, most: number): Markup {
  const scale = 160 / most;
  return html`<svg class="gains" viewBox="0 0 160 10" aria-hidden="true"><rect class="waiting" x="0" y="1" width="${from * scale}" height="8"/><rect class="computing" x="${from * scale}" y="1" width="${Math.max(0, to - from) * scale}" height="8"/></svg>`;
}

function path(list: readonly (readonly [number, number])[]): string {
  return list.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
