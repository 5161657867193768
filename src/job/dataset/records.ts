import { isUtf8 } from 'node:buffer';

/** A record (a line, an element of an array) longer than about this many bytes is refused: it never sits in memory whole. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/**
 * Takes a file's bytes as they come and gives the records that they complete.
 * Synchronous, so that only whole chunks cost a turn of the event loop.
 */
export interface RecordReader {
  push(chunk: Buffer): Iterable<unknown>;
  /** What is left when the bytes end. */
  end(): Iterable<unknown>;
  /** True when the rest of the bytes does not matter. */
  readonly done: boolean;
}

/** All records of `bytes`; leaving early, or a reader that is done, closes them. */
export async function* readRecords(
  bytes: AsyncIterable<Buffer>,
  reader: RecordReader,
): AsyncGenerator<unknown, void, void> {
  for await (const chunk of bytes) {
    for (const record of reader.push(chunk)) yield record;
    if (reader.done) return;
  }
  for (const record of reader.end()) yield record;
}

/** Why these bytes are no UTF-8 text, or null when they are. */
export function notUtf8(bytes: Buffer): string | null {
  if (isUtf8(bytes)) return null;
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return utf16 ? 'not valid UTF-8 (it looks like UTF-16)' : 'not valid UTF-8';
}
