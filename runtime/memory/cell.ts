/** One element of a typed array, read and written as a whole by whatever number of processes. */
import type { AnyTypedArray } from './types.ts';

export type Element = number | bigint;

/** The methods are atomic; those from `add` on return the previous value, as those of `Atomics` do. */
export interface Cell {
  load(): Element;
  store(value: Element): void;
  add(n: Element): Element;
  sub(n: Element): Element;
  exchange(value: Element): Element;
  compareExchange(expected: Element, replacement: Element): Element;
}

/** The first element of `array`. */
export const cellOf = (array: AnyTypedArray): Cell =>
  array instanceof Float64Array || array instanceof Float32Array
    ? new FloatCell(array)
    : new IntegerCell(array);

/** The element of these is a number or a bigint as the class has it; `Atomics` refuses the other one. */
type Integers = Int32Array;

class IntegerCell implements Cell {
  readonly #array: Integers;

  constructor(array: AnyTypedArray) {
    this.#array = array as Integers;
  }

  load(): Element {
    return Atomics.load(this.#array, 0);
  }

  store(value: Element): void {
    Atomics.store(this.#array, 0, value as number);
  }

  add(n: Element): Element {
    return Atomics.add(this.#array, 0, n as number);
  }

  sub(n: Element): Element {
    return Atomics.sub(this.#array, 0, n as number);
  }

  exchange(value: Element): Element {
    return Atomics.exchange(this.#array, 0, value as number);
  }

  compareExchange(expected: Element, replacement: Element): Element {
    return Atomics.compareExchange(this.#array, 0, expected as number, replacement as number);
  }
}

/** `Atomics` takes integers only: what is read and written are the bits of the number. */
class FloatCell implements Cell {
  readonly #shared: Integers;
  /** One number and its bits: what turns the one into the other. */
  readonly #number: Float64Array | Float32Array;
  readonly #bits: Integers;

  constructor(array: Float64Array | Float32Array) {
    const { buffer, byteOffset } = array;
    const wide = array instanceof Float64Array;
    this.#shared = (wide
      ? new BigInt64Array(buffer, byteOffset, 1)
      : new Int32Array(buffer, byteOffset, 1)) as unknown as Integers;
    this.#number = wide ? new Float64Array(1) : new Float32Array(1);
    const own = this.#number.buffer;
    this.#bits = (wide ? new BigInt64Array(own) : new Int32Array(own)) as unknown as Integers;
  }

  load(): Element {
    return this.#toNumber(Atomics.load(this.#shared, 0));
  }

  store(value: Element): void {
    Atomics.store(this.#shared, 0, this.#toBits(value));
  }

  add(n: Element): Element {
    return this.#change((before) => before + (n as number));
  }

  sub(n: Element): Element {
    return this.#change((before) => before - (n as number));
  }

  exchange(value: Element): Element {
    return this.#toNumber(Atomics.exchange(this.#shared, 0, this.#toBits(value)));
  }

  /** Compares as `===` does, but NaN is NaN: otherwise it could never be replaced. */
  compareExchange(expected: Element, replacement: Element): Element {
    const wanted = this.#toNumber(this.#toBits(expected));
    return this.#change((before) =>
      before === wanted || Object.is(before, wanted) ? (replacement as number) : undefined,
    );
  }

  /** Tries until no other process has changed the number meanwhile; `undefined` leaves it as it is. */
  #change(next: (before: number) => number | undefined): number {
    for (;;) {
      const bits = Atomics.load(this.#shared, 0);
      const before = this.#toNumber(bits);
      const after = next(before);
      if (after === undefined) return before;
      if (Atomics.compareExchange(this.#shared, 0, bits, this.#toBits(after)) === bits) return before;
    }
  }

  #toNumber(bits: number): number {
    this.#bits[0] = bits;
    return this.#number[0] as number;
  }

  #toBits(value: Element): number {
    this.#number[0] = value as number;
    return this.#bits[0] as number;
  }
}
