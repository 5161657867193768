/** Single numbers in shared memory. */
import { registerFrom } from '../values/classes.ts';
import { type Cell, cellOf } from './cell.ts';
import { newPages } from './pages.ts';
import {
  type AnyTypedArray,
  type ElementOf,
  type NumberTypeCode,
  type TypeCode,
  typedArrayClass,
} from './types.ts';

/** The number in its typed array, for what sends it. */
export let arrayOf: (number: SharedNumber<TypeCode>) => AnyTypedArray;

/** A number that lies in shared memory already; what `RawValue` makes, and what arrives of one. */
export class SharedNumber<T extends TypeCode> {
  readonly #array: AnyTypedArray;
  readonly #cell: Cell;

  constructor(array: AnyTypedArray) {
    this.#array = array;
    this.#cell = cellOf(array);
  }

  /** Reading and writing are atomic each, `value += 1` is not. */
  get value(): ElementOf<T> {
    return this.#cell.load() as ElementOf<T>;
  }

  set value(value: ElementOf<T>) {
    this.#cell.store(value);
  }

  /** Adds `n`. */
  add(n: ElementOf<T>): ElementOf<T> {
    return this.#cell.add(n) as ElementOf<T>;
  }

  /** Subtracts `n`. */
  sub(n: ElementOf<T>): ElementOf<T> {
    return this.#cell.sub(n) as ElementOf<T>;
  }

  /** Stores `value`. */
  exchange(value: ElementOf<T>): ElementOf<T> {
    return this.#cell.exchange(value) as ElementOf<T>;
  }

  /** Stores `replacement` if the value is `expected`. */
  compareExchange(expected: ElementOf<T>, replacement: ElementOf<T>): ElementOf<T> {
    return this.#cell.compareExchange(expected, replacement) as ElementOf<T>;
  }

  static {
    arrayOf = (number) => number.#array;
  }
}

/**
 * One number in shared memory, without a lock: `new RawValue('i32', 0)`. The four last methods are atomic and return the
 * previous value, as `Atomics` does.
 */
export class RawValue<T extends TypeCode = NumberTypeCode> extends SharedNumber<T> {
  /** Throws `SharedMemoryUnavailableError`, TypeError for an unknown code. `initial` is 0 by default. */
  constructor(type: T, initial?: ElementOf<T>) {
    super(place(type));
    if (initial !== undefined) this.value = initial;
  }
}

registerFrom<RawValue<TypeCode>, AnyTypedArray>(import.meta.url, RawValue, {
  toPlain: arrayOf,
  // The constructor of the base alone: the number is there.
  fromPlain: (array) => Reflect.construct(SharedNumber, [array], RawValue) as RawValue<TypeCode>,
});

/** Two numbers in one line of the cache would slow down those who count with them. */
const LINE = 64;
/** Numbers share pages: with a page for each, a thousand would take 4 MB and a thousand descriptors. */
const LINES = 256;

let pages: ArrayBuffer | undefined;
let used = 0;

/** A new number. Its place is not used again; the pages are freed when none of their numbers is needed. */
export function place(type: TypeCode): AnyTypedArray {
  const Class = typedArrayClass(type);
  if (pages === undefined || used === LINES) {
    pages = newPages(LINES * LINE);
    used = 0;
  }
  return new Class(pages, LINE * used++, 1);
}
