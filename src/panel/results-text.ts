import type { ResultRow } from '../protocol/run.ts';
import { formatMs } from '../report/format.ts';
import * as l10n from '../report/l10n.ts';

/** The cells of a row, in the order of the columns. */
export function rowCells(row: ResultRow): string[] {
  const at = row.error?.at;
  const place = at === undefined ? '' : ` (${at.file.split(/[/\\]/).at(-1)}:${at.line})`;
  const result = row.ok ? row.value || 'undefined' : `✕ ${failureText(row)}${place}`;
  return [String(row.index), row.input, result, formatMs(row.ms), String(row.worker)];
}

/** What went wrong, in a line. */
export function failureText({ error }: ResultRow): string {
  return error === null ? l10n.t('Failed') : `${error.name}: ${error.message}`;
}

/** Rows to be pasted into a spreadsheet: a head, which is English as the names in files are, then a line each, tabs between the columns; times in ms. */
export function rowsAsText(rows: readonly ResultRow[]): string {
  const lines = rows.map((row) => {
    const { index, ok, input, value, ms, worker } = row;
    const result = ok ? value : failureText(row);
    return [index, ok ? 'ok' : 'failed', input, result, ms, worker].map(oneLine).join('\t');
  });
  return ['item\tstate\tinput\tresult\tms\tworker', ...lines].join('\n');
}

function oneLine(cell: string | number): string {
  return String(cell).replace(/[\t\r\n]+/g, ' ');
}
