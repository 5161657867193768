/**
 * Plain values as bytes: what data is made of, without the bookkeeping that V8's format does for everything. Used where
 * it can be (`PlainWriter.write` gives false where not), several times as fast as V8's for records.
 *
 *   value    u32 bytes of nodes | u32 bytes of text | nodes | text
 *   text     the characters of all short strings, one byte each (Latin-1), in the order of their nodes
 *   node     u8 tag and what the tag asks for; strings of at most 12 characters are `shortText + length`, integers from 0
 *            to 127 are `smallInteger + value`
 *   object   u16 number of its shape | nodes         shape: u8 count | names as nodes, and then an object of it
 *   names    u32 count | (name as node | node)*      an object that brings its names along
 *   bytes    u8 kind | u32 length | bytes            typed arrays, buffers, ArrayBuffer
 */
export const NODE = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  f64: 4,
  i32: 5,
  ascii: 6,
  utf16: 7,
  array: 8,
  /** An array of numbers only: u32 count | f64s. */
  numbers: 9,
  object: 10,
  shape: 11,
  named: 12,
  date: 13,
  bytes: 14,
  shortText: 32,
  smallInteger: 128,
} as const;

/** Substrings of this length are copies; longer ones would keep the whole text in memory. */
export const MAX_SHORT_TEXT = 12;
/** Nesting beyond which a value may be cyclic and is left to V8's format. */
export const MAX_DEPTH = 100;

interface BytesKind {
  readonly prototype: object;
  /** Makes the value over exactly this memory. */
  readonly over: (buffer: ArrayBuffer) => unknown;
  /** Makes the value over `length` bytes of it. */
  readonly within: (buffer: ArrayBuffer, offset: number, length: number) => unknown;
}

interface View {
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBuffer, offset?: number, length?: number): unknown;
}

const kind = (Class: View): BytesKind => ({
  prototype: Class.prototype,
  over: (buffer) => new Class(buffer),
  within: (buffer, offset, length) => new Class(buffer, offset, length / (Class.BYTES_PER_ELEMENT ?? 1)),
});

/** By their number in the format. */
export const bytesKinds: readonly BytesKind[] = [
  { prototype: ArrayBuffer.prototype, over: (buffer) => buffer, within: (buffer) => buffer },
  {
    prototype: Buffer.prototype,
    over: (buffer) => Buffer.from(buffer),
    within: (buffer, offset, length) => Buffer.from(buffer, offset, length),
  },
  kind(Uint8Array),
  kind(Int8Array),
  kind(Uint8ClampedArray),
  kind(Int16Array),
  kind(Uint16Array),
  kind(Int32Array),
  kind(Uint32Array),
  kind(Float32Array),
  kind(Float64Array),
  kind(BigInt64Array),
  kind(BigUint64Array),
  kind(DataView),
];

/** Number of the kind with this prototype. */
export const bytesKindOf: ReadonlyMap<object, number> = new Map(
  bytesKinds.map(({ prototype }, number) => [prototype, number]),
);
