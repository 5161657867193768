/**
 * Typed arrays over shared pages that have a lock. The pages are of one array alone, and what lies in them crosses by an entry of
 * its own: the array with its lock, other views of the pages without.
 */
import type { Lock } from '../sync/lock.ts';
import { registerBuffers } from '../values/classes.ts';
import { RawArray } from './array.ts';
import { type HasLock, lockFor, presentLock, type SharedOptions } from './has-lock.ts';
import { atReference, type Reference, referenceTo } from './pages.ts';
import type { ElementOf, TypeCode, TypedArrayOf } from './types.ts';

/** What `SharedArray` returns for type code `T`: a typed array over shared pages. */
export type SharedArray<T extends TypeCode> = TypedArrayOf<T> & HasLock;

/**
 * A typed array over shared pages: `SharedArray('d', 10)` is a `Float64Array`. Methods that make a new array return a plain one.
 * Throws `SharedMemoryUnavailableError`, TypeError for an unknown code, RangeError for a negative size.
 */
export function SharedArray<T extends TypeCode>(
  type: T,
  sizeOrValues: number | Iterable<ElementOf<T>>,
  options?: SharedOptions,
): SharedArray<T> {
  const array = RawArray(type, sizeOrValues);
  const locked = withLock(array, lockFor(options, 'SharedArray'));
  shareBuffer(array.buffer as ArrayBuffer);
  return locked;
}

/** Locks of arrays; null when they were made without. Views of their pages that have no `getLock` are not here. */
const locks = new WeakMap<object, Lock | null>();

function withLock<V extends ArrayBufferView>(array: V, lock: Lock | null): V & HasLock {
  locks.set(array, lock);
  const getLock = () => presentLock(lock, 'SharedArray');
  return Object.defineProperty(array, 'getLock', { value: getLock }) as V & HasLock;
}

/** `lock` is undefined for views that have no `getLock`. */
type Plain = readonly [reference: Reference, lock: Lock | null | undefined];

const shareBuffer = registerBuffers<Plain>(import.meta.url, 'SharedArray', {
  toPlain: (value) => [referenceTo(value), locks.get(value)],
  fromPlain: ([reference, lock]) => arrived(atReference(reference), lock),
});

/** From here it crosses as it came. */
function arrived(
  value: ArrayBuffer | ArrayBufferView,
  lock: Lock | null | undefined,
): ArrayBuffer | ArrayBufferView {
  if (!ArrayBuffer.isView(value)) shareBuffer(value);
  else {
    shareBuffer(value.buffer as ArrayBuffer);
    if (lock !== undefined) withLock(value, lock);
  }
  return value;
}
