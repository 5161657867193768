import type { Call } from '../session.ts';
import { type Held, placeOf } from './held.ts';

/** A list. */
export class HeldList implements Held {
  readonly #items: Buffer[] = [];

  constructor(call: Call) {
    while (call.hasMore) this.#items.push(call.bytes());
  }

  readonly methods = {
    append: (call: Call) => {
      this.#items.push(call.bytes());
      call.done();
    },
    at: (call: Call) => call.giveBytes(this.#items.at(call.value())),
    set: (call: Call) => {
      const index = call.value<number>();
      const place = placeOf(index, this.#items.length);
      if (place === undefined)
        throw new RangeError(`there is no item ${index} in a list of ${this.#items.length}`);
      this.#items[place] = call.bytes();
      call.done();
    },
    splice: (call: Call) => {
      const [start, count] = [call.value<number>(), call.value<number>()];
      const items: Buffer[] = [];
      while (call.hasMore) items.push(call.bytes());
      call.giveList(this.#items.splice(start, count, ...items));
    },
    length: (call: Call) => call.give(this.#items.length),
    toArray: (call: Call) => call.giveList(this.#items),
  };
}
