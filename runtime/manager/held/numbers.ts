import type { AnyTypedArray } from '../../memory/types.ts';
import type { Call } from '../session.ts';
import { type Held, placeOf } from './held.ts';
import { Turns } from './turns.ts';
import { update } from './update.ts';

/** An array of numbers; what is stored becomes what its type can hold. */
export class HeldArray implements Held {
  readonly #array: AnyTypedArray;

  /** Made of a typed array. */
  constructor(call: Call) {
    this.#array = call.value();
  }

  readonly methods = {
    at: (call: Call) => call.give(this.#array.at(call.value())),
    set: (call: Call) => {
      const index = call.value<number>();
      const place = placeOf(index, this.#array.length);
      if (place === undefined)
        throw new RangeError(`there is no element ${index} in an array of ${this.#array.length}`);
      this.#array[place] = call.value();
      call.done();
    },
    length: (call: Call) => call.give(this.#array.length),
    toArray: (call: Call) => call.give([...this.#array]),
  };
}

/** One number. */
export class HeldValue implements Held {
  readonly turns = new Turns();
  readonly #array: AnyTypedArray;

  /** Made of a typed array of one element. */
  constructor(call: Call) {
    this.#array = call.value();
  }

  readonly methods = {
    get: (call: Call) => call.give(this.#array[0]),
    set: (call: Call) => {
      this.#array[0] = call.value();
      call.done();
    },
    update: (call: Call) =>
      update(call, async (fn) => {
        this.#array[0] = (await fn(this.#array[0])) as number;
        call.give(this.#array[0]);
      }),
  };
}
