import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Options } from 'csv-stringify';
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
    } else {
      const { stringify } = await import('csv-stringify');
      await pipeline(csvRows(results), stringify(RFC_4180), createWriteStream(temporary));
    }
    await rename(temporary, out);
  } catch (error) {
    throw writeFailure(out, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What csv-stringify does not do by itself: quotes around line ends and outer spaces, booleans as words, the rest as JSON. */
const RFC_4180: Options = {
  record_delimiter: 'windows',
  quoted_match: /^\s|\s$|[\r\n]/,
  cast: { boolean: String, object: (value) => JSON.stringify(value) },
};

async function* csvRows(results: string): AsyncGenerator<readonly unknown[]> {
  const columns = await findColumns(results);
  yield [...FIXED_COLUMNS, ...columns.map(({ name }) => name)];
  for await (const row of rowsOf(results)) {
    const { index, ok, ms, worker } = row;
    yield [index, ok, ms, worker, errorText(row), ...columns.map(({ read }) => read(row))];
  }
}
