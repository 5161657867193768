/** Writer and bounds-checked reader of little-endian fields; the only place that counts offsets. */

/** Methods of Buffer that have no encoding to look up; Node's types leave them out. */
type Bytes = Buffer & {
  utf8Write(text: string, offset: number, length: number): number;
  ucs2Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
};

/** Where a writer may write: `start` to `end` of memory that belongs to somebody else. */
export interface Place {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** Gives a place of at least `size` bytes for what is to be large; undefined when it may lie in memory of the writer. */
export type Elsewhere = (size: number) => Place | undefined;

/** Writes into memory of its own, which grows, or into a place; what does not fit there moves to memory of its own, or elsewhere. */
export class ByteWriter {
  #bytes: Bytes;
  #view: DataView;
  #start = 0;
  #at = 0;
  #end: number;
  #own: Bytes | undefined;
  #placed = false;
  #elsewhere: Elsewhere | undefined;

  constructor(capacity = 256) {
    this.#own = allocate(capacity);
    this.#bytes = this.#own;
    this.#view = viewOf(this.#own);
    this.#end = capacity;
  }

  /** Begins anew in `place`, or, without one, in memory of its own; asks `elsewhere` when it needs more. */
  restart(place?: Place, elsewhere?: Elsewhere): void {
    this.#elsewhere = elsewhere;
    this.#placed = place !== undefined;
    if (place !== undefined) {
      this.#bytes = place.bytes as Bytes;
      this.#view = place.view;
      this.#start = place.start;
      this.#end = place.end;
    } else {
      this.#own ??= allocate(256);
      if (this.#bytes !== this.#own) {
        this.#bytes = this.#own;
        this.#view = viewOf(this.#own);
      }
      this.#start = 0;
      this.#end = this.#own.length;
    }
    this.#at = this.#start;
  }

  /** What was written lies where `restart` said. */
  get isPlaced(): boolean {
    return this.#placed;
  }

  get length(): number {
    return this.#at - this.#start;
  }

  /** Makes room for `size` bytes in one go. */
  reserve(size: number): void {
    if (this.#at + size > this.#end) this.#grow(size);
  }

  u8(value: number): void {
    if (this.#at + 1 > this.#end) this.#grow(1);
    this.#bytes[this.#at++] = value;
  }

  u32(value: number): void {
    if (this.#at + 4 > this.#end) this.#grow(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  i32(value: number): void {
    if (this.#at + 4 > this.#end) this.#grow(4);
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }

  f64(value: number): void {
    if (this.#at + 8 > this.#end) this.#grow(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Numbers, one behind the other, without their count. */
  f64s(values: readonly number[]): void {
    const size = values.length * 8;
    if (this.#at + size > this.#end) this.#grow(size);
    const view = this.#view;
    let at = this.#at;
    for (let i = 0; i < values.length; i++, at += 8) view.setFloat64(at, values[i] as number, true);
    this.#at = at;
  }

  bytes(value: Uint8Array): void {
    if (this.#at + value.length > this.#end) this.#grow(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** UTF-8 text behind its length in bytes. */
  text(value: string): void {
    // Most text is short: its length is not worth a pass of its own. UTF-8 needs at most 3 bytes a UTF-16 unit.
    const room = value.length < 1024 ? value.length * 3 : Buffer.byteLength(value);
    if (this.#at + 4 + room > this.#end) this.#grow(4 + room);
    const written = this.#bytes.utf8Write(value, this.#at + 4, room);
    this.#view.setUint32(this.#at, written, true);
    this.#at += 4 + written;
  }

  /** Text of ASCII alone, without its length; false, and nothing is written, when it is not. */
  ascii(value: string): boolean {
    const { length } = value;
    // As many bytes as UTF-16 units: then every unit is one byte. Long text is measured before room is made for it.
    const room = length < 1024 ? length * 3 : Buffer.byteLength(value);
    if (length >= 1024 && room !== length) return false;
    if (this.#at + room > this.#end) this.#grow(room);
    if (this.#bytes.utf8Write(value, this.#at, room) !== length) return false;
    this.#at += length;
    return true;
  }

  /** UTF-16 text, lone surrogates too, without its length: two bytes a unit. */
  utf16(value: string): void {
    const size = value.length * 2;
    if (this.#at + size > this.#end) this.#grow(size);
    this.#bytes.ucs2Write(value, this.#at, size);
    this.#at += size;
  }

  /** Overwrites a `u32` at offset `at` from the start of what was written. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(this.#start + at, value, true);
  }

  /** Overwrites a byte at offset `at` from the start of what was written. */
  patchU8(at: number, value: number): void {
    this.#bytes[this.#start + at] = value;
  }

  /** Forgets what was written behind `length`. */
  truncate(length: number): void {
    this.#at = this.#start + length;
  }

  /** What was written; valid until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(this.#start, this.#at);
  }

  /** What was written, in memory that nobody writes to any more: the writer gives its own away, and goes on in `next`. */
  take(next?: Buffer): Buffer {
    const taken = this.written();
    this.#own = next as Bytes | undefined;
    this.restart();
    return taken;
  }

  #grow(more: number): void {
    const length = this.#at - this.#start;
    const needed = length + more;
    const size = Math.max(needed, length * 2, 256);
    const { bytes, view, start, end } = this.#elsewhere?.(size) ?? this.#newPlace(size);
    bytes.set(this.#bytes.subarray(this.#start, this.#at), start);
    this.#bytes = bytes as Bytes;
    this.#view = view;
    this.#start = start;
    this.#at = start + length;
    this.#end = end;
    this.#placed = false;
  }

  #newPlace(size: number): Place {
    const bytes = allocate(size);
    this.#own = bytes;
    return { bytes, view: viewOf(bytes), start: 0, end: size };
  }
}

export class ByteReader {
  #bytes: Bytes;
  #view: DataView;
  #at: number;
  #end: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes as Bytes;
    this.#view = viewOf(bytes);
    this.#at = at;
    this.#end = bytes.length;
  }

  /** A reader of memory that is read again and again, part by part: `view` is over the same memory as `bytes`. */
  static over(bytes: Buffer, view: DataView): ByteReader {
    const reader = new ByteReader(empty);
    reader.#bytes = bytes as Bytes;
    reader.#view = view;
    return reader;
  }

  /** Reads from `at` to `end` next. */
  part(at: number, end: number): this {
    this.#at = at;
    this.#end = end;
    return this;
  }

  get offset(): number {
    return this.#at;
  }

  /** Reads from `at` on next. */
  seek(at: number): void {
    this.#at = at;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    const at = this.#advance(1);
    return this.#bytes[at] as number;
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** Like `f64`; an integer comes as V8 holds integers, without memory of its own. */
  number(): number {
    return compact(this.#view.getFloat64(this.#advance(8), true));
  }

  /** `count` numbers. */
  f64s(count: number): number[] {
    let at = this.#advance(count * 8);
    const view = this.#view;
    const values: number[] = [];
    for (let i = 0; i < count; i++, at += 8) values.push(view.getFloat64(at, true));
    return values;
  }

  /** The number that begins `offset` bytes further on; nothing is read. */
  numberAt(offset: number): number {
    return compact(this.#view.getFloat64(this.#at + offset, true));
  }

  /** A view on the bytes, not a copy. */
  bytes(length: number): Buffer {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const length = this.u32();
    const at = this.#advance(length);
    return this.#bytes.utf8Slice(at, at + length);
  }

  /** Text of `length` characters of one byte each. */
  latin1(length: number): string {
    const at = this.#advance(length);
    return this.#bytes.latin1Slice(at, at + length);
  }

  /** The same, from a place further on, without reading. */
  latin1At(at: number, length: number): string {
    if (at + length > this.#end) throw new RangeError(`broken message: text ends at ${at + length}`);
    return this.#bytes.latin1Slice(at, at + length);
  }

  /** Passes over `length` bytes. */
  pass(length: number): void {
    this.#advance(length);
  }

  /** Text of `length` UTF-16 units. */
  utf16(length: number): string {
    const at = this.#advance(length * 2);
    return this.#bytes.ucs2Slice(at, at + length * 2);
  }

  /** A view on all that is left. */
  rest(): Buffer {
    return this.bytes(this.left);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#end)
      throw new RangeError(`broken message: ${length} bytes wanted, ${this.left} left`);
    this.#at = at + length;
    return at;
  }
}

function compact(value: number): number {
  const integer = value | 0;
  return integer === value && (integer !== 0 || Object.is(value, 0)) ? integer : value;
}

const empty = Buffer.alloc(0);

/** Not from Node's common pool, so that the writer may keep it for long. */
const allocate = (size: number): Bytes => Buffer.allocUnsafeSlow(size) as Bytes;

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
