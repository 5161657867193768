/** Growing writer and bounds-checked reader of little-endian fields; the only place that counts offsets. */

export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#grow(1);
    this.#buffer[this.#length++] = value;
  }

  u32(value: number): void {
    this.#grow(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  f64(value: number): void {
    this.#grow(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.#grow(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** UTF-8 text behind its length in bytes. */
  text(value: string): void {
    // Most text is short: its length is not worth a pass of its own. UTF-8 needs at most 3 bytes a UTF-16 unit.
    const room = value.length < 1024 ? value.length * 3 : Buffer.byteLength(value);
    this.#grow(4 + room);
    const written = this.#buffer.write(value, this.#length + 4);
    this.#buffer.writeUInt32LE(written, this.#length);
    this.#length += 4 + written;
  }

  /** Overwrites a `u32` that was written before at offset `at`. */
  patchU32(at: number, value: number): void {
    this.#buffer.writeUInt32LE(value, at);
  }

  /** Forgets what was written behind `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** What was written; valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    bigger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = bigger;
  }
}

export class ByteReader {
  readonly #buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#buffer.length - this.#offset;
  }

  u8(): number {
    const value = this.#buffer.readUInt8(this.#offset);
    this.#offset += 1;
    return value;
  }

  u32(): number {
    const value = this.#buffer.readUInt32LE(this.#offset);
    this.#offset += 4;
    return value;
  }

  f64(): number {
    const value = this.#buffer.readDoubleLE(this.#offset);
    this.#offset += 8;
    return value;
  }

  bytes(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#buffer.length)
      throw new RangeError(`frame ends at ${this.#buffer.length}, ${end} wanted`);
    const value = this.#buffer.subarray(this.#offset, end);
    this.#offset = end;
    return value;
  }

  text(): string {
    const length = this.u32();
    const value = this.#buffer.toString('utf8', this.#offset, this.#offset + length);
    this.#offset += length;
    return value;
  }

  rest(): Buffer {
    return this.bytes(this.#buffer.length - this.#offset);
  }
}
