import type { OutputLine, ResultRow, RunSummary, SourcePlace } from '../../protocol/run.ts';
import { formatCount, formatMs, plural } from '../format.ts';
import { html, type Markup } from './markup.ts';

/** Most rows of each list; the rest is in the run folder. */
const SHOWN_ERRORS = 50;
const SHOWN_ITEMS = 20;
/** So few items are shown at once. */
const OPEN_ITEMS = 3;
const SHOWN_SLOWEST = 10;
const SHOWN_LINES = 100;
const MAX_WORKERS_WITH_OUTPUT = 128;
/** The output of so many workers is listed at once. */
const OPEN_WORKERS = 16;

/** Failed items, those with the same error together: the error, its place, and the items that met it. */
export function failedSection(summary: RunSummary, rows: readonly ResultRow[]): Markup {
  const failed = distinct([...summary.firstErrors, ...rows.filter((row) => !row.ok)]).sort(
    (a, b) => a.index - b.index,
  );
  if (failed.length === 0) return html``;
  const groups = [...groupBy(failed, errorKey).values()].sort((a, b) => b.length - a.length);
  const shown = groups.slice(0, SHOWN_ERRORS);
  const known =
    failed.length < summary.failed
      ? `${formatCount(failed.length)} of ${formatCount(summary.failed)} failed items are shown here; `
      : '';
  const kinds =
    shown.length < groups.length
      ? `the ${SHOWN_ERRORS} most frequent of ${formatCount(groups.length)} different errors`
      : groups.length === 1
        ? 'all with the same error'
        : `${formatCount(groups.length)} different errors`;
  return html`<section class="long" id="failed"><h2>Failed items</h2><p class="note">${capitalise(`${known}${kinds}`)}.</p><div class="wide"><table><thead><tr><th class="number">Items</th><th>Error</th></tr></thead><tbody>${shown.map(errorRow)}</tbody></table></div></section>`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Messages that differ in their numbers only (an index, a size, a time) are of one error.
function errorKey(row: ResultRow): string {
  const { name, code, message, at } = row.error ?? {};
  return JSON.stringify([name, code, message?.replace(/\d+(?:\.\d+)?/g, '0'), at]);
}

function errorRow(group: readonly ResultRow[]): Markup {
  const error = group[0]?.error;
  const stack =
    error?.stack === undefined
      ? null
      : html`<details><summary>Stack</summary><pre>${error.stack}</pre></details>`;
  const items = group.slice(0, SHOWN_ITEMS).map((row) => {
    const own = row.error?.message === error?.message ? null : html`<div>${row.error?.message ?? ''}</div>`;
    return html`<tr><td class="number">${String(row.index)}</td><td><span class="mono">${row.input}</span>${own}</td><td class="number">${formatMs(row.ms)}</td></tr>`;
  });
  const which = group.length > SHOWN_ITEMS ? `The first ${SHOWN_ITEMS} items` : plural(group.length, 'item');
  return html`<tr><td class="number">${formatCount(group.length)}</td><td><span class="err">${error?.name ?? 'Error'}${error?.code === undefined ? '' : ` [${error.code}]`}:</span> ${error?.message ?? 'no message'}${
    error?.at === undefined ? null : html`<div class="mono soft">${place(error.at)}</div>`
  }<details${group.length <= OPEN_ITEMS ? html` open` : null}><summary>${which}</summary><table class="items"><tbody>${items}</tbody></table></details>${stack}</td></tr>`;
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
  const byWorker = groupBy(output, (line) => line.worker);
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
  const list =
    workers.length > OPEN_WORKERS
      ? html`<details><summary>Output of ${plural(workers.length, 'worker')}</summary>${blocks}</details>`
      : blocks;
  return html`<section class="long"><h2>Output</h2><p class="note">The last lines of each worker; <span class="err">standard error</span> is coloured.</p>${list}</section>`;
}

// `Map.groupBy` is not in Node 20.
function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function distinct(rows: readonly ResultRow[]): ResultRow[] {
  return [...new Map(rows.map((row) => [row.index, row])).values()];
}
