import type { Call } from '../session.ts';
import type { Held } from './held.ts';

/** A counter that `acquire` lowers, waiting at 0. One that was on its way to a client that has ended comes back. */
export class HeldSemaphore implements Held {
  readonly #takers: Call[] = [];
  #value: number;

  constructor(call: Call) {
    this.#value = call.value();
  }

  readonly methods = {
    acquire: (call: Call) => this.#take(call),
    hold: (call: Call) => this.#take(call),
    release: (call: Call) => {
      this.#release();
      call.done();
    },
  };

  #take(call: Call): void {
    if (this.#value > 0) {
      this.#value--;
      this.#give(call);
      return;
    }
    this.#takers.push(call);
    call.waits(() => {
      this.#takers.splice(this.#takers.indexOf(call), 1);
      call.giveUp();
    });
  }

  #give(call: Call): void {
    call.give(true, () => this.#release());
  }

  #release(): void {
    const next = this.#takers.shift();
    if (next === undefined) this.#value++;
    else this.#give(next);
  }
}
