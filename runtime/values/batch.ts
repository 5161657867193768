/**
 * Many values: `u32 count | u8 kind | values`. Kind 0: numbers, f64 each. Kind 1: values as `codec.ts` writes them, one stream.
 * A batch is numbers for as long as it can be: they need no tags, no calls and half the bytes.
 */
import { ByteReader, ByteWriter } from '../transport/bytes.ts';
import { decodeNext, encodeNext, skipNext, TAG } from './codec.ts';
import { PlainReader } from './plain-reader.ts';
import { PlainWriter } from './plain-writer.ts';

const NUMBERS = 0;
const VALUES = 1;
const HEAD = 5;

/** What writes a batch. Between two batches it keeps its memory, and what it knows of the names of objects. */
interface Tools {
  readonly bytes: ByteWriter;
  readonly plain: PlainWriter;
}
const spare: Tools[] = [];

/** Memory of batches that are not needed any more, for the next ones: its pages are there already. */
const memory: Buffer[] = [];
const MAX_MEMORY = 8;
/** Larger ones are given back. */
const MAX_MEMORY_SIZE = 8_388_608;

/** Gives back what `finish` gave: nobody reads it any more. */
export function recycle(batch: Buffer): void {
  if (batch.length <= SMALL || batch.buffer.byteLength > MAX_MEMORY_SIZE || memory.length >= MAX_MEMORY)
    return;
  memory.push(Buffer.from(batch.buffer));
}

/** A batch of at most so many bytes is copied out of the memory in which it was written; a larger one keeps that memory. */
const SMALL = 4096;

export class BatchWriter {
  readonly #tools: Tools = spare.pop() ?? { bytes: new ByteWriter(1024), plain: new PlainWriter() };
  readonly #bytes = this.#tools.bytes;
  readonly #plain = this.#tools.plain;
  #numbers = true;
  #count = 0;

  /** `capacity` is the number of values that are expected. */
  constructor(capacity = 64) {
    this.#bytes.restart();
    this.#bytes.reserve(HEAD + Math.min(capacity, 65_536) * 8);
    this.#bytes.u32(0);
    this.#bytes.u8(NUMBERS);
    this.#plain.reset();
  }

  get count(): number {
    return this.#count;
  }

  /** Size in bytes so far. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Appends numbers from `items`, beginning at `from` and before `to`, up to the first that is none; returns how many. */
  addNumbers(items: ArrayLike<unknown>, from: number, to: number): number {
    if (!this.#numbers) return 0;
    let at = from;
    for (; at < to; at++) {
      const item = items[at];
      if (typeof item !== 'number') break;
      this.#bytes.f64(item);
    }
    this.#count += at - from;
    return at - from;
  }

  /** @throws {SerializationError} and leaves the batch as it was. `name` is what messages call the value. */
  add(value: unknown, name: () => string): void {
    if (this.#numbers && typeof value === 'number') this.#bytes.f64(value);
    else {
      if (this.#numbers) this.#toValues();
      const before = this.#bytes.length;
      const mark = this.#plain.mark;
      try {
        encodeNext(value, this.#bytes, name, this.#plain);
      } catch (error) {
        this.#bytes.truncate(before);
        this.#plain.forget(mark);
        throw error;
      }
    }
    this.#count++;
  }

  /** The whole batch. The writer must not be used any more. */
  finish(): Buffer {
    this.#bytes.patchU32(0, this.#count);
    const small = this.#bytes.length <= SMALL;
    const batch = small ? Buffer.from(this.#bytes.written()) : this.#bytes.take(memory.pop());
    spare.push(this.#tools);
    return batch;
  }

  /** A value that is no number has come: the numbers before it get tags. */
  #toValues(): void {
    this.#numbers = false;
    const numbers = new ByteReader(Buffer.from(this.#bytes.written()), HEAD);
    this.#bytes.truncate(HEAD);
    this.#bytes.patchU8(4, VALUES);
    for (let i = 0; i < this.#count; i++) {
      this.#bytes.u8(TAG.number);
      this.#bytes.f64(numbers.f64());
    }
  }
}

export class BatchReader {
  readonly count: number;
  /** The batch holds numbers only. */
  readonly areNumbers: boolean;
  readonly #values: ByteReader;
  readonly #plain = new PlainReader();
  #position = 0;

  /** `bytes` begins with the batch; it must stay as it is for as long as the reader is used. */
  constructor(bytes: Buffer) {
    this.#values = new ByteReader(bytes);
    this.count = this.#values.u32();
    this.areNumbers = this.#values.u8() === NUMBERS;
  }

  /** Number of the value that `next` reads. */
  get position(): number {
    return this.#position;
  }

  /** The next value. When it throws, the position stays: decode again after the cause is gone, or `skip`. */
  next(): unknown {
    if (this.areNumbers) {
      this.#position++;
      return this.#values.number();
    }
    const at = this.#values.offset;
    try {
      const value = decodeNext(this.#values, this.#plain);
      this.#position++;
      return value;
    } catch (error) {
      this.#values.seek(at);
      throw error;
    }
  }

  /** Passes over `count` values. */
  skip(count: number): void {
    if (this.areNumbers) this.#values.pass(count * 8);
    else for (let i = 0; i < count; i++) skipNext(this.#values, this.#plain);
    this.#position += count;
  }
}
