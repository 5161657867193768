import type { Losses, TimelineSpan } from '../../protocol/run.ts';
import { formatCount, formatMs, formatShare, formatTick, plural } from '../format.ts';
import { shortHostName } from '../host-name.ts';
import { LOSS_KINDS } from '../losses.ts';
import { axisTicks } from '../ticks.ts';
import { compactSpans } from '../timeline.ts';
import { html, type Markup } from './markup.ts';

export const WIDTH = 990;
/** Most spans drawn: beyond, a page gets slow and the eye sees no more. */
const DRAWN_SPANS = 4_000;
/** Of the names of hosts, in units of the drawing, and the letters that fit. */
const HOST_WIDTH = 120;
const HOST_LETTERS = 18;

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

/**
 * A row for each worker, time from left to right; failures as red marks above the row's line. Workers of one host (`hostOf`)
 * are beside each other.
 */
export function timelineChart(
  spans: readonly TimelineSpan[],
  hostOf: ReadonlyMap<number, string | undefined>,
): Markup {
  const drawn = compactSpans(spans, DRAWN_SPANS);
  const hosts = [...new Set([...hostOf.values()].filter((host) => host !== undefined))];
  const place = (worker: number): number => hosts.indexOf(hostOf.get(worker) ?? '');
  const workers = [...new Set(drawn.map((span) => span.worker))].sort((a, b) => place(a) - place(b) || a - b);
  const isFirst = (row: number): boolean =>
    hosts.length > 0 && (row === 0 || place(workers[row] ?? 0) !== place(workers[row - 1] ?? 0));
  const begin = Math.min(...drawn.map((span) => span.begin));
  const length = Math.max(Math.max(...drawn.map((span) => span.end)) - begin, 0.001);
  const pitch = Math.max(6, Math.min(26, 720 / workers.length));
  const bar = pitch > 10 ? pitch - 6 : pitch - 1.5;
  const left = hosts.length > 0 ? 58 + HOST_WIDTH : 58;
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
  const hostNames = workers.map((worker, row) => {
    const host = hostOf.get(worker);
    if (!isFirst(row) || host === undefined) return html``;
    const name = shortHostName(host, hosts);
    const shown = name.length > HOST_LETTERS ? `…${name.slice(1 - HOST_LETTERS)}` : name;
    return html`<line class="axis" x1="0" x2="${WIDTH}" y1="${row * pitch - 1}" y2="${row * pitch - 1}"/><text x="58" y="${row * pitch + bar / 2 + 4}"><title>${host}</title>${shown}</text>`;
  });
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
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 24}" role="img" aria-label="What each of ${plural(workers.length, 'worker')} did over ${formatMs(length)}; the table of workers has the numbers">${names}${hostNames}${backs}${ticks}${bars}${marks}</svg>`;
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
