/**
 * The messages of Arrow's IPC format, one after the other. A file is a stream between two marks, with a table of contents
 * at its end that is not needed to read it from the begin:
 *
 *   [ "ARROW1" 00 00 ] schema, dictionaries and record batches [ ff ff ff ff 00 00 00 00 | contents | length | "ARROW1" ]
 *   message: ff ff ff ff | length of the description (4) | description (a FlatBuffer) | body
 *
 * Before version 0.15 of Arrow a message had no `ff ff ff ff`.
 * https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
import { type ArrowDescription, readDescription } from './arrow-description.ts';
import type { ByteSource } from './byte-source.ts';
import { DatasetError } from './errors.ts';

export type ArrowMessage =
  | { readonly kind: 'schema' | 'other'; readonly bytes: Uint8Array }
  | { readonly kind: 'batch'; readonly bytes: Uint8Array; readonly rows: number; readonly at: number }
  | {
      readonly kind: 'dictionary';
      readonly bytes: Uint8Array;
      readonly id: bigint;
      /** Adds to the dictionary of this id; otherwise it takes its place. */
      readonly delta: boolean;
    };

/** Longest description and body of a message in bytes: a whole record batch is in memory at a time. */
const MAX_DESCRIPTION = 64 * 1024 * 1024;
const MAX_BODY = 1024 * 1024 * 1024;
const MARK = 'ARROW1';
const CONTINUATION = 0xffffffff;

/**
 * The messages with their bytes or, with `bodies: false`, with their descriptions alone, which is fast for a file.
 * @throws DatasetError with the position where the bytes are not Arrow or end inside of a message.
 */
export async function* arrowMessages(
  source: ByteSource,
  name: string,
  { bodies }: { readonly bodies: boolean },
): AsyncGenerator<ArrowMessage, void, void> {
  let first: Uint8Array<ArrayBuffer> | undefined = await source.take(4);
  const isFile = latin1(first) === MARK.slice(0, 4);
  if (latin1(first) === 'FEA1') {
    throw new DatasetError(`${name} is Feather of version 1, which cannot be read.`, {
      hint: 'Write it as Feather of version 2, which is Arrow IPC: pyarrow.feather.write_feather(table, file).',
    });
  }
  if (isFile) {
    await source.take(4);
    first = undefined;
  }
  for (let number = 0; ; number++) {
    const at = source.position - (first?.length ?? 0);
    const place = `message ${number} at byte ${at}`;
    let prefix: Uint8Array<ArrayBuffer> = first ?? (await source.take(4));
    first = undefined;
    // A stream may end without its end mark.
    if (prefix.length === 0 && !isFile && number > 0) return;
    if (prefix.length < 4) throw cutOff(name, place);
    if (uint32(prefix, 0) === CONTINUATION) prefix = joined(prefix, await source.take(4));
    if (prefix.length !== 4 && prefix.length !== 8) throw cutOff(name, place);
    const length = uint32(prefix, prefix.length - 4);
    if (length === 0) return;
    if (length > MAX_DESCRIPTION || length % 4 !== 0) throw notArrow(name, place);
    const description = await source.take(length);
    if (description.length < length) throw cutOff(name, place);
    const { kind, bodyLength, rows, id, delta } = describe(description, name, place);
    if (number === 0 && kind !== 'schema') throw notArrow(name, place);
    if (bodyLength > MAX_BODY) throw tooLarge(name, place, bodyLength);
    let bytes = joined(prefix, description);
    if (bodies) {
      const body = await source.take(bodyLength);
      if (body.length < bodyLength) throw cutOff(name, place);
      bytes = joined(bytes, body);
    } else await source.skip(bodyLength);
    if (kind === 'batch') yield { kind, bytes, rows, at };
    else if (kind === 'dictionary') yield { kind, bytes, id, delta };
    else yield { kind, bytes };
  }
}

function describe(bytes: Uint8Array<ArrayBuffer>, name: string, place: string): ArrowDescription {
  try {
    return readDescription(bytes);
  } catch (cause) {
    if (cause instanceof RangeError) throw notArrow(name, place, cause);
    throw cause;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function uint32(bytes: Uint8Array<ArrayBuffer>, at: number): number {
  return new DataView(bytes.buffer).getUint32(at, true);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function cutOff(name: string, place: string): DatasetError {
  return new DatasetError(`${name} is cut off in ${place}.`, { hint: 'Copy or write the file again.' });
}

function notArrow(name: string, place: string, cause?: unknown): DatasetError {
  return new DatasetError(`${name} is not Arrow IPC, or damaged: ${place} has no description of Arrow.`, {
    hint: 'Copy or write it again; if its name is wrong, say what it is: parquet:FILE, csv:FILE.',
    cause,
  });
}

function tooLarge(name: string, place: string, bytes: number): DatasetError {
  return new DatasetError(`In ${name}, ${place} has ${bytes} bytes; the limit is ${MAX_BODY}.`, {
    hint: 'Write the file in smaller record batches.',
  });
}
