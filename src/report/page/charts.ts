import type { ForecastPoint, Losses, TimelineSpan } from '../../protocol/run.ts';
import { formatCount, formatMs, formatShare, formatSpeedup, formatTick, plural } from '../format.ts';
import { LOSS_KINDS } from '../losses.ts';
import { axisTicks } from '../ticks.ts';
import { compactSpans } from '../timeline.ts';
import { html, type Markup } from './markup.ts';

const WIDTH = 990;
/** Most spans drawn: beyond, a page gets slow and the eye sees no more. */
const DRAWN_SPANS = 4_000;
const KIND_LABELS: Record<TimelineSpan['kind'], string> = {
  startup: 'Starting up',
  computing: 'Computing',
  encoding: 'Encoding',
};

/** One bar, divided as the workers' time was. */
export function lossesBar(losses: Losses): Markup {
  let x = 0;
  const parts: Markup[] = [];
  for (const { key, label } of LOSS_KINDS) {
    const width = losses[key] * WIDTH;
    if (width <= 0) continue;
    const gap = width > 4 ? 1.5 : 0;
    parts.push(
      html`<rect class="${key}" x="${x}" y="0" width="${width - gap}" height="26"><title>${label}: ${formatShare(losses[key])}</title></rect>`,
    );
    x += width;
  }
  return html`<div class="bar"><svg viewBox="0 0 ${WIDTH} 26" role="img" aria-label="Shares of the workers' time; the table below has the numbers">${parts}</svg></div>`;
}

/** A row for each worker, time from left to right; failures as red marks above the row's line. */
export function timelineChart(spans: readonly TimelineSpan[]): Markup {
  const drawn = compactSpans(spans, DRAWN_SPANS);
  const workers = [...new Set(drawn.map((span) => span.worker))].sort((a, b) => a - b);
  const begin = Math.min(...drawn.map((span) => span.begin));
  const length = Math.max(Math.max(...drawn.map((span) => span.end)) - begin, 0.001);
  const pitch = Math.max(6, Math.min(26, 720 / workers.length));
  const bar = pitch > 10 ? pitch - 6 : pitch - 1.5;
  const left = 58;
  const scale = (WIDTH - left) / length;
  const height = workers.length * pitch;
  const rows = new Map(workers.map((worker, row) => [worker, row * pitch]));
  // Names only as close as they can be read.
  const step = Math.max(1, Math.ceil(14 / pitch));
  const names = workers.map((worker, row) =>
    row % step === 0
      ? html`<text x="0" y="${row * pitch + bar / 2 + 4}">${pitch >= 14 ? `Worker ${worker}` : String(worker)}</text>`
      : html``,
  );
  const backs = workers.map(
    (_, row) =>
      html`<rect class="row" x="${left}" y="${row * pitch}" width="${WIDTH - left}" height="${bar}"/>`,
  );
  const marks: Markup[] = [];
  const bars = drawn.map((span) => {
    const y = rows.get(span.worker) ?? 0;
    const x = left + (span.begin - begin) * scale;
    const width = Math.max(0.4, (span.end - span.begin) * scale);
    if (span.failed > 0)
      marks.push(
        html`<path class="failure" d="M${x + width - 4} ${y}h8l-4 ${Math.min(7, bar)}z"><title>${describe(span)}</title></path>`,
      );
    return html`<rect class="${span.kind}" x="${x}" y="${y}" width="${width}" height="${bar}"><title>${describe(span)}</title></rect>`;
  });
  const ticks = axisTicks(length).map((time) => {
    const x = left + time * scale;
    return html`<line class="axis" x1="${x}" x2="${x}" y1="0" y2="${height + 4}"/><text x="${x}" y="${height + 18}" text-anchor="middle">${formatTick(time)}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 24}" role="img" aria-label="What each of ${plural(workers.length, 'worker')} did over ${formatMs(length)}; the table of workers has the numbers">${names}${backs}${ticks}${bars}${marks}</svg>`;
}

function describe(span: TimelineSpan): string {
  const items =
    span.item < 0
      ? ''
      : span.count === 1
        ? `, item ${span.item}`
        : `, ${plural(span.count, 'item')} from ${span.item}`;
  const failed = span.failed > 0 ? `, ${formatCount(span.failed)} failed` : '';
  return `Worker ${span.worker}: ${KIND_LABELS[span.kind]}${items}, ${formatMs(span.end - span.begin)}${failed}`;
}

/** Speedup over workers, both doubling along their axis, so that the ideal is a straight line. */
export function forecastChart(points: readonly ForecastPoint[], measured: number): Markup {
  const most = points.at(-1)?.workers ?? 1;
  const lowest = Math.min(0.5, ...points.map((point) => point.interval[0]));
  const left = 44;
  const height = 260;
  const bottom = Math.max(-3, Math.floor(Math.log2(Math.max(lowest, 0.01))));
  const top = Math.max(1, Math.ceil(Math.log2(Math.max(most, ...points.map((point) => point.interval[1])))));
  const x = (workers: number): number =>
    left + (Math.log2(workers) / Math.max(1, Math.log2(most))) * (WIDTH - left - 70);
  const y = (speedup: number): number =>
    height - ((Math.max(bottom, Math.log2(Math.max(speedup, 1e-3))) - bottom) / (top - bottom)) * height;
  const path = (list: readonly (readonly [number, number])[]): string =>
    list.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  const line = path(points.map((point) => [x(point.workers), y(point.speedup)]));
  const band = path([
    ...points.map((point) => [x(point.workers), y(point.interval[1])] as const),
    ...points.toReversed().map((point) => [x(point.workers), y(point.interval[0])] as const),
  ]);
  const levels = Array.from({ length: top - bottom + 1 }, (_, index) => 2 ** (bottom + index));
  const grid = levels.map(
    (level) =>
      html`<line class="grid" x1="${left}" x2="${WIDTH - 70}" y1="${y(level)}" y2="${y(level)}"/><text x="${left - 8}" y="${y(level) + 4}" text-anchor="end">${level}x</text>`,
  );
  const columns = points.map(
    (point) =>
      html`<text x="${x(point.workers)}" y="${height + 20}" text-anchor="middle">${point.workers}</text>`,
  );
  const dots = points.map((point) => {
    const title = `${plural(point.workers, 'worker')}: ${formatSpeedup(point.speedup)}`;
    const kind = point.workers === measured ? 'measured' : 'dot';
    return html`<circle class="${kind}" cx="${x(point.workers)}" cy="${y(point.speedup)}" r="${kind === 'measured' ? 6 : 3.5}"><title>${title}</title></circle>`;
  });
  const here = points.find((point) => point.workers === measured);
  const label =
    here === undefined
      ? html``
      : html`<text class="strong" x="${x(measured) + 10}" y="${y(here.speedup) + 18}">measured ${formatSpeedup(here.speedup)}</text>`;
  const ideal = path([
    [x(1), y(1)],
    [x(most), y(most)],
  ]);
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 44}" role="img" aria-label="Speedup to be expected with other numbers of workers; the table below has the numbers">${grid}<path class="band" d="${band}z"/><path class="ideal" d="${ideal}"/><text x="${x(most) + 8}" y="${y(most) + 4}">ideal</text><path class="curve" d="${line}"/>${dots}${label}${columns}<text x="${(left + WIDTH - 70) / 2}" y="${height + 40}" text-anchor="middle">workers</text></svg>`;
}
