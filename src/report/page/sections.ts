import type { RunHeader, RunSummary, TimelineSpan, Verdict, Verification } from '../../protocol/run.ts';
import {
  formatCount,
  formatMs,
  formatShare,
  formatSpeedup,
  formatSpeedupInterval,
  plural,
} from '../format.ts';
import { english } from '../l10n.ts';
import { LOSS_KINDS } from '../losses.ts';
import { forecastNote } from '../scaling.ts';
import { verdictReason } from '../verdict.ts';
import { verificationText } from '../verification-text.ts';
import { NOTABLE_GAIN, whatIfText } from '../what-if.ts';
import { lossesBar, timelineChart } from './charts.ts';
import { forecastChart, gainBar } from './forecast-chart.ts';
import { html, type Markup } from './markup.ts';

const VERDICTS: Record<Verdict['kind'], string> = {
  'worth-it': '✓ Worth it',
  marginal: '≈ Marginal',
  'not-worth-it': '✕ Not worth it',
  'not-measured': 'Not measured',
};

/** What a reader must know before any number: that the run was stopped, or that records were left out. */
export function notices(summary: RunSummary): Markup {
  const notes: Markup[] = [];
  if (summary.interrupted) {
    notes.push(
      html`<section class="notice"><h2>This run was stopped before its end</h2><p>${plural(summary.items, 'item')} had been done by then; all numbers are about those.</p></section>`,
    );
  }
  if (summary.failed > 0) {
    const all = summary.succeeded === 0 ? 'Every item failed' : `${plural(summary.failed, 'item')} failed`;
    notes.push(
      html`<section class="notice stop"><h2>${all}</h2><p>The first ones are <a href="#failed">below</a>, with the place in the source.</p></section>`,
    );
  }
  if (summary.skippedRecords > 0) {
    notes.push(
      html`<section class="notice"><h2>${plural(summary.skippedRecords, 'record')} could not be read and were left out</h2></section>`,
    );
  }
  if (summary.earlier?.functionChanged) {
    notes.push(
      html`<section class="notice"><h2>The function is not the one that ran before</h2><p>Results of both are beside each other.</p></section>`,
    );
  }
  return html`${notes}`;
}

/** Whether items give the same in one process, with those that do not. */
export function verificationSection(verification: Verification | undefined): Markup {
  if (verification === undefined) return html``;
  const { differences, first } = verification;
  const items = first.map(
    ({ index, path, parallel, alone, repeatable }) =>
      html`<li>item ${index} at <code>${path}</code>: <code>${parallel}</code> in the run, <code>${alone}</code> alone${repeatable ? '' : ', and something else each time'}</li>`,
  );
  return html`<section class="notice${differences > 0 ? ' stop' : ''}"><h2>${differences > 0 ? 'Results differ' : 'Verified'}</h2><p>${verificationText(verification)}</p>${items.length > 0 ? html`<ul>${items}</ul>` : null}</section>`;
}

/** The answer: how much faster, how sure, and whether it was worth it. */
export function overview(summary: RunSummary): Markup {
  const { verdict, baseline } = summary;
  const number =
    summary.speedup === null
      ? html`<p class="big none">Not measured</p>`
      : html`<p class="big">${formatSpeedup(summary.speedup)}</p><p class="interval">${intervalText(summary)}</p>`;
  const how =
    baseline.ms === null
      ? (baseline.note ?? 'not measured')
      : `${baseline.kind === 'full' ? 'every item timed' : `${plural(baseline.items, 'item')} timed`}${baseline.note === undefined ? '' : `; ${baseline.note}`}`;
  return html`<section aria-label="Result"><div class="hero"><div>${number}</div>
<div>${verdict.kind === 'not-measured' ? null : html`<span class="badge ${verdict.kind}">${VERDICTS[verdict.kind]}</span>`}<p class="verdict">${verdictReason(verdict, english)}</p></div></div>
<dl class="tiles">
${tile('Items', formatCount(summary.items), summary.failed > 0 ? `${formatCount(summary.failed)} failed` : 'all succeeded', summary.items > 0)}
${tile('Workers', formatCount(summary.workers), summary.efficiency === null ? '' : `${formatShare(summary.efficiency)} efficient`)}
${tile('In parallel', formatMs(summary.wallMs), 'start-up included')}
${tile('In one process', baseline.ms === null ? '–' : formatMs(baseline.ms), how)}
${tile('Rate', summary.wallMs > 0 ? `${formatCount((summary.items / summary.wallMs) * 1000)}/s` : '–', 'items a second')}
</dl></section>`;
}

function intervalText(summary: RunSummary): string {
  if (summary.speedupInterval === null) return 'too few items timed to say how certain';
  if (summary.baseline.items >= summary.items) return 'every item was timed in one process';
  return `95 % interval ${formatSpeedupInterval(summary.speedupInterval)}`;
}

function tile(name: string, value: string, more: string, showMore = true): Markup {
  return html`<div><dt>${name}</dt><dd>${value}${more === '' || !showMore ? null : html`<small>${more}</small>`}</dd></div>`;
}

export function lossesSection(summary: RunSummary): Markup {
  if (summary.items === 0) return html``;
  const whole = summary.workers * summary.wallMs;
  const rows = LOSS_KINDS.map(
    ({ key, label, meaning }) =>
      html`<tr><td><span class="swatch ${key}"></span>${label}</td><td class="soft">${meaning}</td><td class="number">${formatMs(summary.losses[key] * whole)}</td><td class="number">${formatShare(summary.losses[key])}</td></tr>`,
  );
  return html`<section><h2>Where the time went</h2><p class="note">The time of all workers together: ${plural(summary.workers, 'worker')} for ${formatMs(summary.wallMs)} each.</p>
${lossesBar(summary.losses)}
<div class="wide"><table><thead><tr><th>Part</th><th>What it is</th><th class="number">Time</th><th class="number">Share</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

export function timelineSection(spans: readonly TimelineSpan[], { perWorker }: RunSummary): Markup {
  if (spans.length === 0) return html``;
  return html`<section><h2>Timeline</h2><p class="note">A row for each worker. Point at a bar for its items and time.</p>
<div class="legend"><span><span class="swatch startup"></span>Starting up</span><span><span class="swatch computing"></span>Computing</span><span><span class="swatch encoding"></span>Encoding</span><span><span class="swatch failure"></span>▼ Failed items</span></div>
${timelineChart(spans, new Map(perWorker.map(({ worker, host }) => [worker, host])))}</section>`;
}

export function forecastSection(summary: RunSummary): Markup {
  const { forecast, scaling } = summary;
  const note =
    scaling?.note === undefined ? null : html`<p class="note">The scaling sweep: ${scaling.note}.</p>`;
  if (forecast === null || forecast.length === 0) {
    return note === null ? html`` : html`<section><h2>With more or fewer workers</h2>${note}</section>`;
  }
  const measured = new Map(scaling?.points.map((point) => [point.workers, point]));
  const rows = forecast.map((point) => {
    const sweep = measured.get(point.workers);
    const here = point.workers === summary.workers ? ' (this run)' : '';
    return html`<tr><td>${plural(point.workers, 'worker')}${here}</td><td class="number">${sweep === undefined ? '–' : `${formatSpeedup(sweep.speedup)} (${formatSpeedupInterval(sweep.spread)})`}</td><td class="number">${formatSpeedup(point.speedup)}</td><td class="number">${formatSpeedupInterval(point.interval)}</td><td class="number">${formatShare(point.speedup / point.workers)}</td></tr>`;
  });
  return html`<section><h2>With more or fewer workers</h2><p class="note">${forecastNote(summary)}</p>${note}
${forecastChart(summary)}
<details><summary>Table</summary><div class="wide"><table><thead><tr><th>Workers</th><th class="number">Sweep, lowest to highest</th><th class="number">Speedup</th><th class="number">Band</th><th class="number">Efficiency</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

export function whatIfSection(summary: RunSummary): Markup {
  const changes = summary.whatIf ?? [];
  const { speedup } = summary;
  if (speedup === null || changes.length === 0) return html``;
  const most = Math.max(...changes.map((change) => change.speedup));
  const rows = changes.map((change) => {
    const gain = change.speedup / speedup - 1;
    const text = gain < NOTABLE_GAIN - 1 ? 'no gain' : `+${formatShare(gain)}`;
    const interval = change.interval === null ? '' : formatSpeedupInterval(change.interval);
    return html`<tr><td>${whatIfText(change)}</td><td class="gain">${gainBar(speedup, change.speedup, most)}</td><td class="number">${formatSpeedup(change.speedup)}</td><td class="number soft">${interval}</td><td class="number">${text}</td></tr>`;
  });
  return html`<section><h2>What if</h2><p class="note">The speedup that each single change would give, all else being equal; this run had ${formatSpeedup(speedup)}. A loss that is gone leaves the rest evenly divided; more workers are as forecast.</p>
<div class="wide"><table><thead><tr><th>Change</th><th></th><th class="number">Speedup</th><th class="number">Interval</th><th class="number">Gain</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

export function workersSection(summary: RunSummary): Markup {
  if (summary.perWorker.length === 0) return html``;
  const rows = summary.perWorker.map(
    (worker) =>
      html`<tr><td>${worker.worker}</td>${summary.hosts === undefined ? '' : html`<td>${worker.host ?? ''}</td>`}<td class="number">${String(worker.pid)}</td><td class="number">${formatCount(worker.items)}</td><td class="number">${worker.failed === 0 ? '0' : html`<span class="err">${formatCount(worker.failed)}</span>`}</td><td class="number">${formatMs(worker.busyMs)}</td><td class="number">${formatMs(worker.startupMs)}</td><td class="number">${formatMs(worker.encodingMs)}</td><td class="number">${formatMs(worker.waitingMs)}</td><td class="number">${formatCount(worker.lines)}</td></tr>`,
  );
  const table = html`<div class="wide"><table><thead><tr><th>Worker</th>${summary.hosts === undefined ? '' : html`<th>Host</th>`}<th class="number">Process</th><th class="number">Items</th><th class="number">Failed</th><th class="number">In your function</th><th class="number">Starting up</th><th class="number">Encoding</th><th class="number">Waiting</th><th class="number">Lines</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const long = summary.perWorker.length > 16;
  return html`<section class="long"><h2>Workers</h2>${long ? html`<details><summary>All ${plural(summary.perWorker.length, 'worker')}</summary>${table}</details>` : table}</section>`;
}

/** What each host of an engine did; nothing for a run on one machine. */
export function hostsSection({ hosts = [] }: RunSummary): Markup {
  if (hosts.length === 0) return html``;
  const rows = hosts.map(
    ({ host, workers, items, failed, busyMs }) =>
      html`<tr><td>${host}</td><td class="number">${formatCount(workers)}</td><td class="number">${formatCount(items)}</td><td class="number">${failed === 0 ? '0' : html`<span class="err">${formatCount(failed)}</span>`}</td><td class="number">${formatMs(busyMs)}</td></tr>`,
  );
  return html`<section class="long"><h2>Hosts</h2><div class="wide"><table><thead><tr><th>Host</th><th class="number">Workers</th><th class="number">Items</th><th class="number">Failed</th><th class="number">In your function</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** What was chosen for the run, each choice with its reason. */
export function choices(header: RunHeader): Markup {
  const place = header.line === null ? header.file : `${header.file}:${header.line}`;
  return html`<section><h2>How it was run</h2><dl class="facts">
<dt>Function</dt><dd>${header.exportName}<small>${place}</small></dd>
<dt>Dataset</dt><dd>${header.dataset.source}<small>${header.dataset.kind}${header.dataset.items === null ? ', streamed' : `, ${plural(header.dataset.items, 'item')}`}</small></dd>
<dt>Workers</dt><dd>${formatCount(header.workers.count)}<small>${header.workers.reason}</small></dd>
<dt>Node</dt><dd>${header.node.version} <span class="mono soft">${header.node.path}</span><small>${header.node.reason}</small></dd>
<dt>Loader</dt><dd>${header.loader.kind === 'native' ? 'Native' : 'Bundle'}<small>${header.loader.reason}</small></dd>
<dt>Run folder</dt><dd class="mono">${header.runDir}</dd>
</dl></section>`;
}
