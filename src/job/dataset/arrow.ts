import {
  CompressionType,
  type ExtractionOptions,
  setCompressionCodec,
  type Table,
  tableFromIPC,
} from '@uwdata/flechette';
import { decompress } from 'fzstd';
import { arrowMessages } from './arrow-messages.ts';
import { type ByteSource, FileSource } from './byte-source.ts';
import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { decodeLz4Frame } from './lz4.ts';
import { plainRow } from './plain-value.ts';

/** Dates and timestamps are `Date`s, maps are `Map`s; which integers are bigints is decided by value. */
const EXTRACTION: ExtractionOptions = { useDate: true, useBigInt: true, useMap: true };

/** Number of rows of an Arrow file that is not compressed as a whole: only the descriptions of its batches are read. */
export async function countArrow(file: string): Promise<number> {
  await using source = await FileSource.open(file);
  let rows = 0;
  for await (const message of arrowMessages(source, file, { bodies: false })) {
    if (message.kind === 'batch') rows += message.rows;
  }
  return rows;
}

/**
 * Arrow IPC, files and streams (Feather of version 2 is the former), decoded by Flechette: every row is an object with a
 * property for each column. Integers of 64 bits are numbers where a double holds them exactly. One record batch and the
 * dictionaries are in memory. A batch that cannot be decoded is bad records.
 * @throws DatasetError while iterating, for bytes that are not Arrow or end too early.
 */
export async function* arrowRecords(
  open: () => Promise<ByteSource>,
  file: string,
  bad: BadRecordSink,
): AsyncGenerator<unknown, void, void> {
  await using source = await open();
  const name = file === '-' ? 'standard input' : file;
  let schema: Uint8Array | undefined;
  const dictionaries = new Map<bigint, Uint8Array[]>();
  let [batch, rows] = [0, 0];
  for await (const message of arrowMessages(source, name, { bodies: true })) {
    if (message.kind === 'schema') schema ??= message.bytes;
    else if (message.kind === 'dictionary') {
      const before = message.delta ? (dictionaries.get(message.id) ?? []) : [];
      dictionaries.set(message.id, [...before, message.bytes]);
    } else if (message.kind === 'batch' && schema !== undefined) {
      const part = `record batch ${batch} at byte ${message.at} (rows ${rows} to ${rows + message.rows - 1})`;
      batch++;
      rows += message.rows;
      let table: Table;
      try {
        table = decode([schema, ...[...dictionaries.values()].flat(), message.bytes]);
        if (table.numRows !== message.rows) throw new RangeError(`it has ${table.numRows} rows`);
      } catch (cause) {
        if (cause instanceof DatasetError) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        bad(new BadRecordError(file, { part, records: message.rows }, reason, { cause }));
        continue;
      }
      for (let row = 0; row < table.numRows; row++) yield plainRow(table.at(row));
    }
  }
}

/** Flechette keeps its codecs for the whole process. */
function decode(messages: Uint8Array[]): Table {
  const encode = (): never => {
    throw new TypeError('Arrow is read only');
  };
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame, encode });
  setCompressionCodec(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes), encode });
  return tableFromIPC(messages, EXTRACTION);
}
