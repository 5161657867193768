import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetScan,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import { explain } from './bytes.ts';
import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { decodeLz4Block } from './lz4.ts';
import { plainRow } from './plain-value.ts';
import { spool } from './spool.ts';

/** What is decoded at a time, in bytes before compression, where a row group is larger than that. */
const WINDOW_BYTES = 64 * 1024 * 1024;
/** Longest description of a file (its footer), in bytes. */
const MAX_FOOTER = 256 * 1024 * 1024;
const MAGIC = 'PAR1';

/** LZ4 in Hadoop's framing, LZO and what comes later are not known. */
const COMPRESSORS: Compressors = {
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => decompress(input),
  LZ4_RAW: decodeLz4Block,
};

/** A file of columns, opened: how many rows it has, and the rows. */
export interface ColumnFile {
  readonly count: number | null;
  records(): AsyncIterable<unknown>;
}

/**
 * Parquet, read by hyparquet: every row is an object with a property for each column. Integers of 64 bits are numbers
 * where a double holds them exactly; timestamps and dates are `Date`s; decimals are numbers; binary columns `Uint8Array`s.
 *
 * In memory are the columns of one row group, or of `WINDOW_BYTES` of it. A part that cannot be decoded is bad records.
 * @throws DatasetError when the file is no Parquet, cut off, encrypted, or compressed with what cannot be read.
 */
export async function openParquet(file: string, bad: BadRecordSink): Promise<ColumnFile> {
  return openColumns(file, await fileBytes(file), bad);
}

/** Parquet that comes as a stream: compressed as a whole, or from standard input. It is on disk while it is read. */
export async function* spooledParquet(
  stream: AsyncIterable<Buffer>,
  file: string,
  bad: BadRecordSink,
): AsyncGenerator<unknown, void, void> {
  const name = file === '-' ? 'standard input' : file;
  const handle = await spool(stream, name);
  try {
    const { size } = await handle.stat();
    const slice = (begin: number, end: number) => readSlice(handle, name, begin, end);
    yield* (await openColumns(name, asyncBuffer(size, slice), bad)).records();
  } finally {
    await handle.close();
  }
}

async function openColumns(file: string, bytes: AsyncBuffer, bad: BadRecordSink): Promise<ColumnFile> {
  const metadata = await readFooter(file, bytes);
  checkCodecs(file, metadata);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  async function* records(): AsyncGenerator<unknown, void, void> {
    const options = { file: bytes, metadata, compressors: COMPRESSORS, utf8: false };
    const scan = await parquetScan(options);
    let [rows, group] = [0, 0];
    for (const { num_rows, total_byte_size } of metadata.row_groups) {
      const begin = rows;
      rows += Number(num_rows);
      const windows = Math.max(1, Math.ceil(Number(total_byte_size) / WINDOW_BYTES));
      const step = Math.max(1, Math.ceil(Number(num_rows) / windows));
      for (let rowStart = begin; rowStart < rows; rowStart += step) {
        const rowEnd = Math.min(rowStart + step, rows);
        const place = {
          part: `row group ${group} (rows ${rowStart} to ${rowEnd - 1})`,
          records: rowEnd - rowStart,
        };
        let data: ArrayLike<unknown>[] | null = null;
        try {
          data = [];
          for (const column of columns) data.push(await scan.readColumn({ column, rowStart, rowEnd }));
        } catch (cause) {
          if (cause instanceof DatasetError) throw cause;
          bad(new BadRecordError(file, place, reasonOf(cause), { cause }));
          continue;
        }
        for (let row = 0; row < rowEnd - rowStart; row++) yield rowAt(columns, data, row);
      }
      group++;
    }
  }
  return { count: Number(metadata.num_rows), records };
}

/** Opened for each piece, so that nothing has to be closed at the end. */
async function fileBytes(file: string): Promise<AsyncBuffer> {
  const openFile = (): Promise<FileHandle> =>
    open(file).catch((error: unknown) => {
      throw explain(file, error);
    });
  const handle = await openFile();
  const { size } = await handle.stat().finally(() => handle.close());
  return asyncBuffer(size, async (begin, end) => {
    const opened = await openFile();
    return readSlice(opened, file, begin, end).finally(() => opened.close());
  });
}

function asyncBuffer(
  byteLength: number,
  slice: (begin: number, end: number) => Promise<ArrayBuffer>,
): AsyncBuffer {
  return { byteLength, slice: (begin, end = byteLength) => slice(begin, end) };
}

async function readSlice(handle: FileHandle, file: string, begin: number, end: number): Promise<ArrayBuffer> {
  const buffer = new Uint8Array(Math.max(0, end - begin));
  for (let read = 0; read < buffer.length; ) {
    const { bytesRead } = await handle.read(buffer, read, buffer.length - read, begin + read);
    if (bytesRead === 0) throw cutOff(file, `it ends before byte ${end}`);
    read += bytesRead;
  }
  return buffer.buffer;
}

/** The description at the end of the file: `... footer, its length (4 bytes), "PAR1"`. */
async function readFooter(file: string, bytes: AsyncBuffer): Promise<FileMetaData> {
  const { byteLength } = bytes;
  const begin = Buffer.from(await bytes.slice(0, Math.min(4, byteLength))).toString('latin1');
  if (begin === 'PARE') throw encrypted(file);
  if (begin !== MAGIC) {
    throw new DatasetError(`${file} is not Parquet: it does not begin with ${MAGIC}.`, {
      hint: 'If its name is wrong, say what it is: csv:FILE, jsonl:FILE, arrow:FILE.',
    });
  }
  const end = byteLength < 12 ? Buffer.alloc(8) : Buffer.from(await bytes.slice(byteLength - 8));
  if (end.toString('latin1', 4) === 'PARE') throw encrypted(file);
  if (end.toString('latin1', 4) !== MAGIC) throw cutOff(file, `it does not end with ${MAGIC}`);
  const length = end.readUInt32LE(0);
  if (length > Math.min(MAX_FOOTER, byteLength - 12)) {
    throw cutOff(
      file,
      `its description of ${length} bytes is longer than the file or than ${MAX_FOOTER} bytes`,
    );
  }
  const footer = await bytes.slice(byteLength - 8 - length);
  try {
    return parquetMetadata(footer);
  } catch (cause) {
    throw new DatasetError(
      `${file} is damaged: its description at byte ${byteLength - 8 - length} cannot be read (${reasonOf(cause)}).`,
      { hint: 'Copy or write the file again.', cause },
    );
  }
}

function checkCodecs(file: string, { row_groups }: FileMetaData): void {
  for (const { columns } of row_groups) {
    for (const { meta_data: column } of columns) {
      const codec = column?.codec ?? 'UNCOMPRESSED';
      if (codec === 'UNCOMPRESSED' || codec in COMPRESSORS) continue;
      const name = column?.path_in_schema.join('.') ?? '';
      throw new DatasetError(
        `In ${file}, column ${name} is compressed with ${codec}, which cannot be read.`,
        {
          hint: `Write it with one of ${Object.keys(COMPRESSORS).join(', ')}.`,
        },
      );
    }
  }
}

function rowAt(columns: readonly string[], data: readonly ArrayLike<unknown>[], row: number): object {
  const record: Record<string, unknown> = {};
  for (let column = 0; column < columns.length; column++) {
    const name = columns[column] as string;
    const value = data[column]?.[row];
    if (name !== '__proto__') record[name] = value;
    else Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return plainRow(record);
}

function encrypted(file: string): DatasetError {
  return new DatasetError(`${file} is encrypted, which cannot be read.`, {
    hint: 'Write it without encryption, or read it in a module of yours: module:FILE#EXPORT.',
  });
}

function cutOff(file: string, reason: string): DatasetError {
  return new DatasetError(`${file} is cut off or damaged: ${reason}.`, {
    hint: 'Copy or write the file again.',
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
