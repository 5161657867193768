import type { OutputLine, ResultRow, RunSummary, SourcePlace } from '../../protocol/run.ts';
import { formatCount, formatMs, plural } from '../format.ts';
import { html, type Markup } from './markup.ts';

/** Most rows of each list; the rest is in the run folder. */
const SHOWN_FAILED = 100;
const SHOWN_SLOWEST = 10;
const SHOWN_LINES = 100;
const MAX_WORKERS_WITH_OUTPUT = 128;

export function failedSection(summary: RunSummary, rows: readonly ResultRow[]): Markup {
  const failed = distinct([...summary.firstErrors, ...rows.filter((row) => !row.ok)]).sort(
    (a, b) => a.index - b.index,
  );
  if (failed.length === 0) return html``;
  const shown = failed.slice(0, SHOWN_FAILED);
  const left = summary.failed - shown.length;
  return html`<section class="long" id="failed"><h2>Failed items</h2>${
    left > 0
      ? html`<p class="note">The first ${formatCount(shown.length)} of ${formatCount(summary.failed)}.</p>`
      : null
  }<div class="wide"><table><thead><tr><th class="number">Item</th><th>Error</th><th class="number">Worker</th><th class="number">Time</th></tr></thead><tbody>${shown.map(failedRow)}</tbody></table></div></section>`;
}

function failedRow(row: ResultRow): Markup {
  const { error } = row;
  const stack =
    error?.stack === undefined
      ? null
      : html`<details><summary>Stack</summary><pre>${error.stack}</pre></details>`;
  return html`<tr><td class="number">${String(row.index)}</td><td><span class="err">${error?.name ?? 'Error'}${error?.code === undefined ? '' : ` [${error.code}]`}:</span> ${error?.message ?? 'no message'}${
    error?.at === undefined ? null : html`<div class="mono">${place(error.at)}</div>`
  }<div class="mono soft">${row.input}</div>${stack}</td><td class="number">${String(row.worker)}</td><td class="number">${formatMs(row.ms)}</td></tr>`;
}

function place(at: SourcePlace): string {
  return `${at.file}:${at.line}:${at.column}`;
}

export function slowestSection(summary: RunSummary, rows: readonly ResultRow[]): Markup {
  const slowest = [...rows].sort((a, b) => b.ms - a.ms).slice(0, SHOWN_SLOWEST);
  if (slowest.length === 0) return html``;
  const part =
    rows.length < summary.items
      ? html`<p class="note">Of the ${plural(rows.length, 'item')} kept for this report.</p>`
      : null;
  const list = slowest.map(
    (row) =>
      html`<tr><td class="number">${String(row.index)}</td><td class="mono">${row.input}</td><td class="mono">${row.ok ? row.value : html`<span class="err">${row.error?.name ?? 'Error'}: ${row.error?.message ?? ''}</span>`}</td><td class="number">${String(row.worker)}</td><td class="number">${formatMs(row.ms)}</td></tr>`,
  );
  return html`<section class="long"><h2>Slowest items</h2>${part}<div class="wide"><table><thead><tr><th class="number">Item</th><th>Input</th><th>Value</th><th class="number">Worker</th><th class="number">Time</th></tr></thead><tbody>${list}</tbody></table></div></section>`;
}

export function outputSection(output: readonly OutputLine[]): Markup {
  if (output.length === 0) return html``;
  const byWorker = groupByWorker(output);
  const workers = [...byWorker].sort(([a], [b]) => a - b).slice(0, MAX_WORKERS_WITH_OUTPUT);
  const blocks = workers.map(([worker, lines]) => {
    const last = lines.slice(-SHOWN_LINES);
    const text = last.map(
      (line) => html`${line.stream === 'stderr' ? html`<span class="err">${line.text}</span>` : line.text}\n`,
    );
    const many =
      last.length < lines.length ? `last ${formatCount(last.length)} lines` : plural(last.length, 'line');
    return html`<details${workers.length === 1 ? html` open` : null}><summary>Worker ${String(worker)}: ${many}</summary><pre>${text}</pre></details>`;
  });
  return html`<section class="long"><h2>Output</h2><p class="note">The last lines of each worker; <span class="err">standard error</span> is coloured.</p>${blocks}</section>`;
}

// `Map.groupBy` is not in Node 20.
function groupByWorker(output: readonly OutputLine[]): Map<number, OutputLine[]> {
  const groups = new Map<number, OutputLine[]>();
  for (const line of output) {
    const group = groups.get(line.worker);
    if (group === undefined) groups.set(line.worker, [line]);
    else group.push(line);
  }
  return groups;
}

function distinct(rows: readonly ResultRow[]): ResultRow[] {
  return [...new Map(rows.map((row) => [row.index, row])).values()];
}
