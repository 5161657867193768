/** The types of elements of shared values and arrays. */

/** Type codes whose values are numbers; the second row is Python's letters for the same types. */
export type NumberTypeCode =
  | ('i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64')
  | ('b' | 'B' | 'h' | 'H' | 'i' | 'I' | 'f' | 'd');

/** Type codes whose values are bigints; `q` and `Q` are Python's letters for `i64` and `u64`. */
export type BigIntTypeCode = 'i64' | 'u64' | 'q' | 'Q';

/** Element type of shared values and arrays. */
export type TypeCode = NumberTypeCode | BigIntTypeCode;

/** What one element of type `T` is in JavaScript. */
export type ElementOf<T extends TypeCode> = T extends BigIntTypeCode ? bigint : number;

/** The typed array class of every type code. */
export interface TypedArrays {
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  u64: BigUint64Array;
  f32: Float32Array;
  f64: Float64Array;
  b: Int8Array;
  B: Uint8Array;
  h: Int16Array;
  H: Uint16Array;
  i: Int32Array;
  I: Uint32Array;
  q: BigInt64Array;
  Q: BigUint64Array;
  f: Float32Array;
  d: Float64Array;
}

/** The typed array for type code `T`. */
export type TypedArrayOf<T extends TypeCode> = TypedArrays[T];

/** Any of them, as far as it does not matter which. */
export type AnyTypedArray = TypedArrays[TypeCode];

interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset?: number, length?: number): AnyTypedArray;
}

const classes: Readonly<Record<TypeCode, TypedArrayClass>> = {
  ...{ i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array },
  ...{ i64: BigInt64Array, u64: BigUint64Array, f32: Float32Array, f64: Float64Array },
  ...{ b: Int8Array, B: Uint8Array, h: Int16Array, H: Uint16Array, i: Int32Array, I: Uint32Array },
  ...{ q: BigInt64Array, Q: BigUint64Array, f: Float32Array, d: Float64Array },
};

/** @throws {TypeError} for an unknown code. */
export function typedArrayClass(type: TypeCode): TypedArrayClass {
  if (typeof type === 'string' && Object.hasOwn(classes, type)) return classes[type];
  const known = Object.keys(classes).join(', ');
  const received = typeof type === 'string' ? JSON.stringify(type) : `a ${typeof type}`;
  throw new TypeError(`the type code is ${received}: it has to be one of ${known}`);
}
