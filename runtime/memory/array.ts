/** Typed arrays over shared pages. */
import { newPages } from './pages.ts';
import {
  type AnyTypedArray,
  type ElementOf,
  type TypeCode,
  type TypedArrayOf,
  typedArrayClass,
} from './types.ts';

/**
 * A typed array over shared pages, without a lock: `RawArray('i32', 10)`. Methods that make a new array return a plain one.
 * Throws `SharedMemoryUnavailableError`, TypeError for an unknown code, RangeError for a negative size.
 */
export function RawArray<T extends TypeCode>(
  type: T,
  sizeOrValues: number | Iterable<ElementOf<T>>,
): TypedArrayOf<T> {
  const Class = typedArrayClass(type);
  const values = typeof sizeOrValues === 'number' ? undefined : listOf(sizeOrValues);
  const length = values?.length ?? (sizeOrValues as number);
  if (!Number.isSafeInteger(length) || length < 0)
    throw new RangeError(`the size of a shared array is ${length}: it has to be a whole number from 0 on`);
  // An array without elements has a page too: it has to be somewhere.
  const array = new Class(newPages(Math.max(1, length * Class.BYTES_PER_ELEMENT)), 0, length);
  if (values !== undefined) (array as { set(values: ArrayLike<unknown>): void }).set(values);
  return array as TypedArrayOf<T>;
}

function listOf<E>(values: Iterable<E>): ArrayLike<E> {
  if (ArrayBuffer.isView(values)) return values as unknown as AnyTypedArray as unknown as ArrayLike<E>;
  if (typeof values === 'object' && values !== null && Symbol.iterator in values) return [...values];
  throw new TypeError(
    `a shared array is made of a size or of values that can be iterated over, not of ${values === null ? 'null' : `a ${typeof values}`}`,
  );
}
