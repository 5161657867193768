/** Single numbers in shared memory that have a lock. */
import type { Lock, RLock } from '../sync/lock.ts';
import { registerFrom } from '../values/classes.ts';
import { type HasLock, lockFor, presentLock, type SharedOptions } from './has-lock.ts';
import type { AnyTypedArray, ElementOf, NumberTypeCode, TypeCode } from './types.ts';
import { arrayOf, place, SharedNumber } from './value.ts';

type Plain = readonly [array: AnyTypedArray, lock: Lock | null];

let plainOf: (number: LockedNumber<TypeCode>) => Plain;

/** A number and its lock that are there already; what `Value` makes, and what arrives of one. */
class LockedNumber<T extends TypeCode> extends SharedNumber<T> implements HasLock {
  readonly #lock: Lock | null;

  constructor(array: AnyTypedArray, lock: Lock | null) {
    super(array);
    this.#lock = lock;
  }

  /** Its lock. Throws `ManycoreError` when it was made with `lock: false`. */
  getLock(): RLock {
    return presentLock(this.#lock, 'Value');
  }

  static {
    plainOf = (number) => [arrayOf(number), number.#lock];
  }
}

/** One number in shared memory. The four last methods are atomic and return the previous value, as `Atomics` does. */
export class Value<T extends TypeCode = NumberTypeCode> extends LockedNumber<T> {
  /** Throws `SharedMemoryUnavailableError`, TypeError for an unknown code. `initial` is 0 by default. */
  constructor(type: T, initial?: ElementOf<T>, options?: SharedOptions) {
    super(place(type), lockFor(options, 'Value'));
    if (initial !== undefined) this.value = initial;
  }
}

registerFrom<Value<TypeCode>, Plain>(import.meta.url, Value, {
  toPlain: plainOf,
  // The constructor of the base alone: the number is there.
  fromPlain: (plain) => Reflect.construct(LockedNumber, plain, Value) as Value<TypeCode>,
});
