import { registerFrom } from '../values/classes.ts';
import { type Awaited, WAIT_WORDS, WaitList } from './wait-list.ts';
import { newWords } from './words.ts';

const FLAG = 0;
/** How often it was set: who waits is let go even if it is cleared before it looks. */
const SETS = 1;
const LIST = 2;

/** A flag that processes wait for. */
export class Event {
  /** @internal */
  readonly words: Int32Array;
  readonly #list: WaitList;

  constructor();
  /** @internal */
  constructor(words: Int32Array);
  constructor(words = newWords(LIST + WAIT_WORDS)) {
    this.words = words;
    this.#list = new WaitList(words.subarray(LIST));
  }

  /** Sets the flag and wakes all who wait. */
  set(): void {
    if (Atomics.exchange(this.words, FLAG, 1) === 0) Atomics.add(this.words, SETS, 1);
    // Also when it was set: who did that may have been killed before it woke anybody.
    this.#list.wakeAll();
  }

  /** Clears the flag. */
  clear(): void {
    Atomics.store(this.words, FLAG, 0);
  }

  /** True while the flag is set. */
  isSet(): boolean {
    return Atomics.load(this.words, FLAG) === 1;
  }

  /** True once the flag is set, false after `timeout` ms. */
  async wait(timeout?: number): Promise<boolean> {
    return this.#list.wait(this.#awaited(), { timeout });
  }

  /** Like `wait`, blocking the thread. */
  waitSync(timeout?: number): boolean {
    return this.#list.waitSync(this.#awaited(), timeout);
  }

  #awaited(): Awaited {
    const sets = Atomics.load(this.words, SETS);
    return {
      tryTake: () => this.isSet() || Atomics.load(this.words, SETS) !== sets,
      holder: () => undefined,
    };
  }
}

registerFrom<Event, Int32Array>(import.meta.url, Event, {
  toPlain: ({ words }) => words,
  fromPlain: (words) => new (Event as new (words: Int32Array) => Event)(words),
});
