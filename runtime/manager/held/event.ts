import type { Call } from '../session.ts';
import type { Held } from './held.ts';

/** A flag. */
export class HeldEvent implements Held {
  readonly #waiting = new Set<Call>();
  #isSet = false;

  readonly methods = {
    set: (call: Call) => {
      this.#isSet = true;
      for (const one of this.#waiting) one.give(true);
      this.#waiting.clear();
      call.done();
    },
    clear: (call: Call) => {
      this.#isSet = false;
      call.done();
    },
    isSet: (call: Call) => call.give(this.#isSet),
    wait: (call: Call) => {
      if (this.#isSet) {
        call.give(true);
        return;
      }
      this.#waiting.add(call);
      call.waits(() => {
        this.#waiting.delete(call);
        call.giveUp();
      });
    },
  };
}
