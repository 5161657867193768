/**
 * Many values: `u32 count | u8 kind | values`. Kind 0: numbers, f64 each. Kind 1: values as `codec.ts` writes them.
 * A batch is numbers for as long as it can be: they need no tags, no calls and half the bytes.
 */
import { ByteReader, ByteWriter } from '../transport/bytes.ts';
import { decode, encode, skip, TAG } from './codec.ts';

const NUMBERS = 0;
const VALUES = 1;

export class BatchWriter {
  #numbers: Float64Array;
  #values: ByteWriter | null = null;
  #count = 0;

  constructor(capacity = 64) {
    this.#numbers = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Size in bytes so far. */
  get bytes(): number {
    return this.#values?.length ?? this.#count * 8;
  }

  /** @throws {SerializationError} and leaves the batch as it was. `name` is what messages call the value. */
  add(value: unknown, name: () => string): void {
    if (this.#values === null) {
      if (typeof value === 'number') {
        if (this.#count === this.#numbers.length) this.#numbers = grown(this.#numbers);
        this.#numbers[this.#count++] = value;
        return;
      }
      this.#values = asValues(this.#numbers, this.#count);
    }
    const before = this.#values.length;
    try {
      encode(value, this.#values, name);
    } catch (error) {
      this.#values.truncate(before);
      throw error;
    }
    this.#count++;
  }

  /** Appends the batch to `target` and empties this one. */
  moveTo(target: ByteWriter): void {
    target.u32(this.#count);
    target.u8(this.#values === null ? NUMBERS : VALUES);
    target.bytes(this.#values?.view() ?? new Uint8Array(this.#numbers.buffer, 0, this.#count * 8));
    this.#values = null;
    this.#count = 0;
  }
}

export class BatchReader {
  readonly count: number;
  readonly #numbers: Float64Array | null;
  readonly #bytes: Buffer;
  #values: ByteReader;
  #position = 0;

  /** `bytes` begins with the batch; it must stay as it is for as long as the reader is used. */
  constructor(bytes: Buffer) {
    const head = new ByteReader(bytes);
    this.count = head.u32();
    const numbers = head.u8() === NUMBERS;
    this.#bytes = bytes;
    this.#numbers = numbers ? alignedNumbers(head.bytes(this.count * 8)) : null;
    this.#values = head;
  }

  /** Number of the value that `next` reads. */
  get position(): number {
    return this.#position;
  }

  /** The next value. When it throws, the position stays: decode again after the cause is gone, or `skip`. */
  next(): unknown {
    if (this.#numbers !== null) return this.#numbers[this.#position++];
    const { offset } = this.#values;
    try {
      const value = decode(this.#values);
      this.#position++;
      return value;
    } catch (error) {
      this.#values = new ByteReader(this.#bytes, offset);
      throw error;
    }
  }

  /** The next value as bytes for `decode`; numbers have none. */
  raw(): Buffer {
    const { offset } = this.#values;
    this.skip(1);
    return this.#bytes.subarray(offset, this.#values.offset);
  }

  /** Passes over `count` values. */
  skip(count: number): void {
    for (let i = 0; i < count && this.#numbers === null; i++) skip(this.#values);
    this.#position += count;
  }
}

function grown(numbers: Float64Array): Float64Array {
  const bigger = new Float64Array(numbers.length * 2);
  bigger.set(numbers);
  return bigger;
}

function asValues(numbers: Float64Array, count: number): ByteWriter {
  const writer = new ByteWriter(Math.max(256, count * 9 + 64));
  for (let i = 0; i < count; i++) {
    writer.u8(TAG.number);
    writer.f64(numbers[i] ?? 0);
  }
  return writer;
}

/** A copy: received bytes are rarely aligned for 64 bits. */
function alignedNumbers(bytes: Buffer): Float64Array {
  const copy = new Float64Array(bytes.length / 8);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}
