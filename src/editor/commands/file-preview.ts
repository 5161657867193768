import { closeSync, openSync, readSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { tableFromIPC } from '@uwdata/flechette';
import * as l10n from '@vscode/l10n';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { formatBytes } from '../../report/format.ts';
import { rowCount } from '../counts.ts';

/** Bytes of a file that are read to show its first record. */
const PEEK_BYTES = 4_096;
/** Longest description of a Parquet or Arrow file that is read for a preview, in bytes. */
const MAX_DESCRIPTION = 1024 * 1024;

/** The items of a data file, in a few words, and the call that the first one becomes. Never throws for what is in the file. */
export function previewFile(file: string, pointer: string | null, functionName: string): string {
  const size = formatBytes(statSync(file).size);
  if (pointer !== null) return l10n.t('{0}: each item at {1}', size, pointer);
  const packed = /\.(gz|zst)$/i.exec(file)?.[1]?.toLowerCase();
  const extension = path
    .extname(packed === undefined ? file : file.slice(0, -1 - packed.length))
    .toLowerCase();
  const table = packed === undefined ? describeTable(file, extension) : null;
  if (table !== null) return `${size}: ${table}`;
  const shown = packed === undefined ? size : l10n.t('{0}, compressed', size);
  if (packed === 'zst')
    return `${shown}: ${extension === '.txt' ? l10n.t('each line') : l10n.t('each record')}`;
  return `${shown}: ${describeText(firstLines(file, packed === 'gz'), extension, functionName)}`;
}

function describeText(lines: readonly string[], extension: string, functionName: string): string {
  const first = lines[0] ?? '';
  switch (extension) {
    case '.json':
      return l10n.t(
        'each item of the array, {0}',
        `${functionName}(${cut(lines.join(' ').replace(/^\s*\[\s*/, ''))}`,
      );
    case '.csv':
    case '.tsv':
      return l10n.t('a record for each row, with {0}', cut(first.split(/[,\t;]/).join(', ')));
    case '.txt':
      return l10n.t('each line, {0}', `${functionName}(${cut(JSON.stringify(first))})`);
    case '.arrow':
    case '.arrows':
    case '.feather':
      return l10n.t('a record for each row');
    default:
      return l10n.t('a record for each line, {0}', `${functionName}(${cut(first)})`);
  }
}

/** Rows and columns of a file of columns, from its description; null for another file, or what cannot be read. */
function describeTable(file: string, extension: string): string | null {
  try {
    if (extension === '.parquet') return describeParquet(file);
    return extension === '.arrow' || extension === '.arrows' || extension === '.feather'
      ? describeArrow(file)
      : null;
  } catch {
    // The run says what is wrong with it, and where.
    return l10n.t('a record for each row');
  }
}

function describeParquet(file: string): string {
  const { size } = statSync(file);
  const length = Buffer.from(peek(file, size - 8, 8)).readUInt32LE(0) + 8;
  if (length > MAX_DESCRIPTION) return l10n.t('a record for each row');
  const metadata = parquetMetadata(peek(file, size - length, length).buffer);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  return l10n.t(
    'a record for each of {0}, with {1}',
    rowCount(Number(metadata.num_rows)),
    cut(columns.join(', ')),
  );
}

/** The first message of a stream is the schema; a file has a mark of 8 bytes before it. */
function describeArrow(file: string): string {
  const begin = Buffer.from(peek(file, 0, 8)).toString('latin1', 0, 6) === 'ARROW1' ? 8 : 0;
  const length = Buffer.from(peek(file, begin + 4, 4)).readUInt32LE(0) + 8;
  if (length > MAX_DESCRIPTION) return l10n.t('a record for each row');
  return l10n.t(
    'a record for each row, with {0}',
    cut(tableFromIPC(peek(file, begin, length)).names.join(', ')),
  );
}

function firstLines(file: string, gzip: boolean): string[] {
  const bytes = peek(file, 0, PEEK_BYTES);
  return textOf(bytes, gzip)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
}

function textOf(bytes: Uint8Array, gzip: boolean): string {
  if (!gzip) return Buffer.from(bytes).toString('utf8');
  try {
    // Only the begin is there; what of it can be decompressed is wanted.
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8', 0, PEEK_BYTES);
  } catch {
    return ''; // Not gzip: the run says so.
  }
}

/** At most so many bytes from there on, in a buffer of their own. */
function peek(file: string, position: number, length: number): Uint8Array<ArrayBuffer> {
  const handle = openSync(file, 'r');
  try {
    const buffer = new Uint8Array(length);
    return buffer.slice(0, readSync(handle, buffer, 0, length, Math.max(0, position)));
  } finally {
    closeSync(handle);
  }
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
