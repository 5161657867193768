/**
 * Values as bytes. One value is `u8 tag` and what the tag asks for:
 *
 *   0 undefined | 1 null | 2 true | 3 false | 4 number: f64 | 5 string: u32 length, UTF-8 | 6 other: u32 length, V8 format
 *   7 ASCII string: u32 length, bytes | 8 plain: as `plain-format.ts` says
 *
 * Values in V8's format have a serializer each: one that cannot be encoded spoils no other, and tasks share no objects.
 */
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import type { ByteReader, ByteWriter } from '../transport/bytes.ts';
import { registeredClass } from './classes.ts';
import { rebuildError } from './error.ts';
import { isPlain } from './inspect.ts';
import { PlainReader } from './plain-reader.ts';
import { PlainWriter } from './plain-writer.ts';
import { type FunctionReference, resolve } from './reference.ts';
import { refusal } from './refusal.ts';
import { type Move, replace, Special, type SpecialPayload } from './replace.ts';

export const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  number: 4,
  string: 5,
  other: 6,
  ascii: 7,
  plain: 8,
} as const;

/** A module has to be imported before the value can be decoded: import it and decode again. */
export class ModuleNeededError extends Error {
  readonly url: string;
  constructor(url: string) {
    super(`module ${url} is not loaded`);
    this.url = url;
  }
}

/** Writes values that are streams of their own. */
const alone = new PlainWriter();

/** Appends a value that is read by itself. See `encodeNext`. */
export function encode(
  value: unknown,
  writer: ByteWriter,
  name: () => string,
  undeliverable?: (() => void)[],
): void {
  alone.reset();
  encodeNext(value, writer, name, alone, undeliverable);
}

/**
 * Appends `value` to a stream of values. `name` is what error messages call it, such as `items[3]`; asked for only when
 * something is wrong. What is to be called if the bytes never arrive is added to `undeliverable`.
 * @throws {SerializationError} and leaves the writer as it was.
 */
export function encodeNext(
  value: unknown,
  writer: ByteWriter,
  name: () => string,
  plain: PlainWriter,
  undeliverable?: (() => void)[],
): void {
  switch (typeof value) {
    case 'number':
      writer.u8(TAG.number);
      writer.f64(value);
      return;
    case 'undefined':
      writer.u8(TAG.undefined);
      return;
    case 'boolean':
      writer.u8(value ? TAG.true : TAG.false);
      return;
    case 'string':
      // UTF-8 has no lone surrogates; V8's own format does.
      if (!encodeString(value, writer)) break;
      return;
    case 'object':
      if (value === null) writer.u8(TAG.null);
      else if (!encodePlain(value, writer, plain)) break;
      return;
  }
  const bytes = serialize(value, name, undeliverable);
  writer.u8(TAG.other);
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function encodeString(value: string, writer: ByteWriter): boolean {
  const start = writer.length;
  writer.u8(TAG.ascii);
  writer.u32(value.length);
  if (writer.ascii(value)) return true;
  writer.truncate(start);
  if (!isWellFormed(value)) return false;
  writer.u8(TAG.string);
  writer.text(value);
  return true;
}

function encodePlain(value: object, writer: ByteWriter, plain: PlainWriter): boolean {
  const start = writer.length;
  writer.u8(TAG.plain);
  try {
    if (plain.write(value, writer)) return true;
  } catch {
    // A getter threw: the other way finds out where.
  }
  writer.truncate(start);
  return false;
}

/** Reads one value that was written by itself. See `decodeNext`. */
export const decode = (reader: ByteReader): unknown => decodeNext(reader, new PlainReader());

/** Reads the next value of a stream. @throws {ModuleNeededError} and what `fromPlain` of a registered class throws. */
export function decodeNext(reader: ByteReader, plain: PlainReader): unknown {
  const tag = reader.u8();
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.true:
      return true;
    case TAG.false:
      return false;
    case TAG.number:
      return reader.number();
    case TAG.string:
      return reader.text();
    case TAG.ascii:
      return reader.latin1(reader.u32());
    case TAG.plain:
      return plain.read(reader);
    case TAG.other: {
      // A copy: V8 makes typed arrays over the very bytes that it reads.
      const source = new ValueDeserializer(Buffer.from(reader.bytes(reader.u32())));
      source.readHeader();
      return source.readValue();
    }
    default:
      throw new RangeError(`broken message: value with tag ${tag}`);
  }
}

/** Passes over the next value; what later ones call by number is noted. */
export function skipNext(reader: ByteReader, plain: PlainReader): void {
  const at = reader.offset;
  const tag = reader.u8();
  if (tag === TAG.other) reader.pass(reader.u32());
  else {
    reader.seek(at);
    decodeNext(reader, plain);
  }
}

const isWellFormed = (value: string): boolean =>
  (value as string & { isWellFormed(): boolean }).isWellFormed();

function serialize(value: unknown, name: () => string, undeliverable: (() => void)[] = []): Buffer {
  const moves: Move[] = [];
  let bytes: Buffer;
  try {
    bytes = write(value, name, moves);
  } catch (error) {
    throw refusal(error, value, name(), fits);
  }
  for (const move of moves) undeliverable.push(move());
  return bytes;
}

function write(value: unknown, name: () => string, moves?: Move[]): Buffer {
  const serializer = new ValueSerializer();
  serializer.writeHeader();
  serializer.writeValue(isPlain(value) ? value : replace(value, name(), fits, moves));
  return serializer.releaseBuffer();
}

/** True when the serializer takes this value, or part of one. Nothing is moved. */
export function fits(part: unknown): boolean {
  try {
    write(part, () => '');
    return true;
  } catch {
    return false;
  }
}

/** Above the type numbers that Node writes for views (0 to 12). */
const SPECIAL = 200;

class ValueSerializer extends DefaultSerializer {
  _writeHostObject(view: NodeJS.ArrayBufferView): void {
    this.writeUint32(view instanceof Special ? SPECIAL : 0);
    if (view instanceof Special) this.writeValue(view.payload);
    else if (ArrayBuffer.isView(view)) superWrite.call(this, view);
    // Node's own error would hold all that such an object shows, such as the environment of the process.
    else throw new TypeError('objects of Node itself cannot be cloned');
  }
}

class ValueDeserializer extends DefaultDeserializer {
  _readHostObject(): unknown {
    if (this.readUint32() === SPECIAL) return revive(this.readValue() as SpecialPayload);
    return superRead.call(this);
  }
}

// Node documents both hooks, but its types leave them out.
const superWrite = (
  DefaultSerializer.prototype as unknown as { _writeHostObject(view: NodeJS.ArrayBufferView): void }
)._writeHostObject;
const superRead = (DefaultDeserializer.prototype as unknown as { _readHostObject(): unknown })
  ._readHostObject;

function revive(payload: SpecialPayload): unknown {
  switch (payload.kind) {
    case 'error':
      return rebuildError(payload.error);
    case 'function':
      return reviveFunction(payload.reference);
    case 'instance': {
      const found = registeredClass(payload.id);
      if (found === undefined) throw new ModuleNeededError(payload.url);
      return found.codec.fromPlain(payload.plain);
    }
    case 'url':
      return new URL(payload.href);
    case 'search':
      return new URLSearchParams(payload.text);
    case 'headers':
      return new Headers(payload.entries);
  }
}

function reviveFunction(reference: FunctionReference): unknown {
  const fn = resolve(reference);
  if (fn === undefined) throw new ModuleNeededError(reference.url);
  return fn;
}
