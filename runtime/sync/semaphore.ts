import { ManycoreError } from '../errors.ts';
import { registerFrom } from '../values/classes.ts';
import { type HoldOptions, holdOf, type LockHold, outOfTime, type SyncLockable } from './lock.ts';
import { type Awaited, WAIT_WORDS, type WaitLimits, WaitList } from './wait-list.ts';
import { newWords } from './words.ts';

const VALUE = 0;
const INITIAL = 1;
const LIST = 2;
const MAX_VALUE = 0x7fffffff;

/**
 * A counter that `acquire` lowers, waiting at 0, and `release` raises. Nobody keeps who holds what: what a process holds when it is
 * killed is not given back, and others may give it back in its place.
 */
export class Semaphore implements SyncLockable {
  /** @internal */
  readonly words: Int32Array;
  readonly #list: WaitList;
  readonly #awaited: Awaited = {
    tryTake: () => this.#tryTake(),
    more: () => Atomics.load(this.words, VALUE) > 0,
    holder: () => undefined,
  };

  /** `value` is what may be held at the same time. Default 1. Throws RangeError below 0. */
  constructor(value?: number);
  /** @internal */
  constructor(words: Int32Array);
  constructor(value: number | Int32Array = 1) {
    if (typeof value === 'number') {
      if (!Number.isInteger(value) || value < 0 || value > MAX_VALUE)
        throw new RangeError(
          `${this.constructor.name}: value must be an integer from 0 to ${MAX_VALUE}, received ${value}`,
        );
      this.words = newWords(LIST + WAIT_WORDS);
      this.words[VALUE] = value;
      this.words[INITIAL] = value;
    } else this.words = value;
    this.#list = new WaitList(this.words.subarray(LIST));
  }

  /** Takes one. False after `timeout` ms; rejects with `AbortError` on abort. Pair it with `release()` in `finally`. */
  async acquire(options: WaitLimits = {}): Promise<boolean> {
    return this.#tryTake() || this.#list.wait(this.#awaited, options);
  }

  /** Gives one back. */
  release(): void {
    for (;;) {
      const value = Atomics.load(this.words, VALUE);
      this.checkRelease(value, this.words[INITIAL] ?? 0);
      if (Atomics.compareExchange(this.words, VALUE, value, value + 1) === value) break;
    }
    this.#list.wake();
  }

  /** `await using held = await semaphore.hold()`. Rejects with `TimeoutError`, `AbortError`. */
  async hold(options: HoldOptions = {}): Promise<LockHold> {
    if (!(await this.acquire(options))) throw outOfTime(this, options);
    return holdOf(this);
  }

  /** Runs `body` holding one and gives it back however `body` ends. Rejects as `hold` does and with what `body` threw. */
  async with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R> {
    using _hold = await this.hold(options);
    return await body();
  }

  /** Takes one, blocking the thread for at most `timeout` ms. False when the time ran out. */
  acquireSync(timeout?: number): boolean {
    return this.#tryTake() || this.#list.waitSync(this.#awaited, timeout);
  }

  /** Runs `body` holding one, blocking the thread. Given back when `body` returns, so `body` must not be asynchronous. */
  withSync<R>(body: () => R): R {
    this.acquireSync();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  /** Throws where one may not be given back. */
  protected checkRelease(value: number, _initial: number): void {
    if (value === MAX_VALUE)
      throw new ManycoreError(`${this.constructor.name}.release: its value would exceed ${MAX_VALUE}`);
  }

  #tryTake(): boolean {
    for (;;) {
      const value = Atomics.load(this.words, VALUE);
      if (value === 0) return false;
      if (Atomics.compareExchange(this.words, VALUE, value, value - 1) === value) return true;
    }
  }
}

/** A semaphore whose `release` throws `ManycoreError` above the initial value. */
export class BoundedSemaphore extends Semaphore {
  protected override checkRelease(value: number, initial: number): void {
    if (value >= initial)
      throw new ManycoreError(
        `BoundedSemaphore.release: it was released more often than acquired (${initial} at first)`,
      );
  }
}

for (const Class of [Semaphore, BoundedSemaphore])
  registerFrom<Semaphore, Int32Array>(import.meta.url, Class, {
    toPlain: ({ words }) => words,
    fromPlain: (words) => new (Class as new (words: Int32Array) => Semaphore)(words),
  });
