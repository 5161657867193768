import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { wholeLines } from './file-lines.ts';
import { writeFailure } from './line-file.ts';
import { writeWhole } from './run-folder.ts';

/** Columns that values with many different keys get at most; the rest stays in `value`. */
const MAX_COLUMNS = 500;
const FIXED = ['index', 'ok', 'ms', 'worker', 'error'];

interface Row {
  readonly index: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly ms: number;
  readonly worker: number;
}

/**
 * Copies `results.jsonl` to `out`: as it is, or as CSV with a column for every key when the values are objects, and one
 * column `value` otherwise. Rows are in the order of completion. An existing file is replaced whole.
 */
export async function exportResults(results: string, out: string): Promise<void> {
  if (/\.jsonl$/i.test(out)) {
    writeWhole(out, { copyOf: results });
    return;
  }
  const temporary = join(dirname(out), `.${basename(out)}.${process.pid}.tmp`);
  try {
    const columns = await findColumns(results);
    await pipeline(csvLines(results, columns), createWriteStream(temporary));
    await rename(temporary, out);
  } catch (error) {
    throw writeFailure(out, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The keys of all values in the order of their first row; null when a value is no plain object or there are too many keys. */
async function findColumns(results: string): Promise<readonly string[] | null> {
  const columns = new Set<string>();
  for await (const { ok, value } of rowsOf(results)) {
    if (!ok) continue;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    for (const key of Object.keys(value)) columns.add(key);
    if (columns.size > MAX_COLUMNS) return null;
  }
  return columns.size > 0 ? [...columns] : null;
}

async function* csvLines(results: string, columns: readonly string[] | null): AsyncGenerator<string> {
  const named = columns?.map((name) => (FIXED.includes(name) ? `value.${name}` : name)) ?? ['value'];
  yield csvLine([...FIXED, ...named]);
  for await (const row of rowsOf(results)) {
    const values = columns?.map((key) =>
      row.ok ? (row.value as Record<string, unknown>)[key] : undefined,
    ) ?? [row.value];
    const error = row.error ? `${row.error.name}: ${row.error.message}` : '';
    yield csvLine([row.index, row.ok, row.ms, row.worker, error, ...values]);
  }
}

async function* rowsOf(results: string): AsyncGenerator<Row> {
  for await (const line of wholeLines(results)) yield JSON.parse(line) as Row;
}

function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(csvField).join()}\r\n`;
}

/** RFC 4180: quotes where they are needed, doubled inside. */
function csvField(field: unknown): string {
  if (field === undefined || field === null) return '';
  const text = typeof field === 'object' ? JSON.stringify(field) : String(field);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
