import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeFailure } from './line-file.ts';
import { errorText, FIXED_COLUMNS, findColumns, rowsOf } from './result-columns.ts';
import { writeWhole } from './run-folder.ts';

/** What a copy of the results may be. */
export const OUT_EXTENSIONS = /\.(jsonl|csv|parquet)$/i;

/**
 * Copies `results.jsonl` to `out`: as it is, or as a table (CSV, Parquet) with the columns of `findColumns`. Rows are in the
 * order of completion. An existing file is replaced whole, or stays as it is where that fails. Throws a `JobError`.
 */
export async function exportResults(results: string, out: string): Promise<void> {
  if (/\.jsonl$/i.test(out)) {
    writeWhole(out, { copyOf: results });
    return;
  }
  const temporary = join(dirname(out), `.${basename(out)}.${process.pid}.tmp`);
  try {
    if (/\.parquet$/i.test(out)) {
      const { writeParquet } = await import('./export-parquet.ts');
      await writeParquet(results, temporary);
    } else await pipeline(csvLines(results), createWriteStream(temporary));
    await rename(temporary, out);
  } catch (error) {
    throw writeFailure(out, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function* csvLines(results: string): AsyncGenerator<string> {
  const columns = await findColumns(results);
  yield csvLine([...FIXED_COLUMNS, ...columns.map(({ name }) => name)]);
  for await (const row of rowsOf(results)) {
    const { index, ok, ms, worker } = row;
    yield csvLine([index, ok, ms, worker, errorText(row), ...columns.map(({ read }) => read(row))]);
  }
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
