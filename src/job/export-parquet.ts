import { type ColumnSource, fileWriter, parquetWriteRows } from 'hyparquet-writer';
import {
  type ColumnKind,
  errorText,
  findColumns,
  type ResultColumn,
  rowsOf,
  type WrittenRow,
} from './result-columns.ts';

/** Rows that are put together and compressed at a time. */
const GROUP_ROWS = 10_000;

const TYPES: Readonly<Record<ColumnKind, NonNullable<ColumnSource['type']>>> = {
  boolean: 'BOOLEAN',
  integer: 'INT64',
  number: 'DOUBLE',
  text: 'STRING',
  time: 'TIMESTAMP',
  json: 'JSON',
};

/**
 * Writes `results.jsonl` as Parquet (Snappy): the columns of `findColumns`, each of the type that all its values have. What
 * fits no common type (lists, objects, numbers beside texts) is a column of JSON. Failed items have nulls there.
 */
export async function writeParquet(results: string, file: string): Promise<void> {
  const columns = await findColumns(results);
  await parquetWriteRows({
    writer: fileWriter(file),
    columns: [
      { name: 'index', type: 'INT64', nullable: false },
      { name: 'ok', type: 'BOOLEAN', nullable: false },
      { name: 'ms', type: 'DOUBLE', nullable: false },
      { name: 'worker', type: 'INT32', nullable: false },
      { name: 'error', type: 'STRING', nullable: true },
      ...columns.map(({ name, kind }) => ({ name, type: TYPES[kind], nullable: true })),
    ],
    rows: tableRows(results, columns),
    rowGroupSize: GROUP_ROWS,
  });
}

async function* tableRows(
  results: string,
  columns: readonly ResultColumn[],
): AsyncGenerator<Record<string, unknown>> {
  for await (const row of rowsOf(results)) {
    const { index, ok, ms, worker } = row;
    const fixed = { index: BigInt(index), ok, ms, worker, error: errorText(row) };
    yield { ...fixed, ...Object.fromEntries(columns.map((column) => [column.name, cell(column, row)])) };
  }
}

function cell({ kind, read }: ResultColumn, row: WrittenRow): unknown {
  const value = read(row);
  if (!row.ok || value === null || value === undefined) return undefined;
  const tagged = typeof value === 'object' ? (value as Record<string, unknown>) : {};
  if ('$undefined' in tagged) return undefined;
  switch (kind) {
    case 'integer':
      return BigInt(value as number);
    case 'number':
      return typeof value === 'number' ? value : Number(tagged['$number']);
    case 'time':
      return typeof tagged['$date'] === 'string' ? new Date(tagged['$date']) : undefined;
    default:
      return value;
  }
}
