import { ManycoreError } from '../errors.ts';
import { registerFrom } from '../values/classes.ts';
import { type Bells, familyBells } from './bells.ts';
import { type HoldOptions, type Lock, type Lockable, type LockHold, RLock } from './lock.ts';
import type { WaitLimits } from './wait-list.ts';
import { newWords } from './words.ts';

/** The next ticket; behind it a place for each call that waits: state, pid, ticket. Places change hands under the lock. */
const TICKET = 0;
const PLACES = 1;
const PLACE_WORDS = 3;
/** Calls that can wait at the same time. */
const MAX_WAITING = 300;

const FREE = 0;
const WAITING = 1;
const NOTIFIED = 2;

/** A condition variable around a lock. */
export class Condition implements Lockable {
  readonly #lock: Lock;
  readonly #words: Int32Array;
  readonly #bells: Bells;

  /** Uses `lock`, or an `RLock` of its own. */
  constructor(lock?: Lock | RLock);
  /** @internal */
  constructor(lock: Lock, words: Int32Array);
  constructor(lock: Lock = new RLock(), words = newWords(PLACES + PLACE_WORDS * MAX_WAITING)) {
    this.#lock = lock;
    this.#words = words;
    this.#bells = familyBells();
  }

  /** Takes the lock. False after `timeout` ms; rejects with `AbortError` on abort. */
  acquire(options?: WaitLimits): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** Gives the lock back. Throws `ManycoreError` when it is not held. */
  release(): void {
    this.#lock.release();
  }

  /** `await using held = await condition.hold()`. Rejects with `TimeoutError`, `AbortError`, `LockAbandonedError`. */
  hold(options?: HoldOptions): Promise<LockHold> {
    return this.#lock.hold(options);
  }

  /** Runs `body` holding the lock and releases it however `body` ends. Rejects as `hold` does and with what `body` threw. */
  with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R> {
    return this.#lock.with(body, options);
  }

  /**
   * Releases the lock, waits to be notified, takes it again. False after `timeout` ms. Rejects with `ManycoreError` when not held.
   * A death ends it like a notification: of a process that held the lock, and might have notified, or that was notified.
   */
  async wait(timeout?: number): Promise<boolean> {
    this.#checkHeld('wait');
    const at = this.#place();
    const { deaths } = this.#lock;
    const isDead = () => this.#lock.deaths !== deaths || !this.#bells.watch(this.#lock.holder);
    const depth = this.#lock.releaseFully();
    const told = await this.#bells.until(
      () => Atomics.load(this.#words, at) === NOTIFIED || isDead() || this.#deadNotified().length > 0,
      timeout,
    );
    await this.#lock.acquireFully(depth);
    for (const dead of this.#deadNotified()) Atomics.store(this.#words, dead, FREE);
    // A notification that comes at the last moment counts.
    return Atomics.exchange(this.#words, at, FREE) === NOTIFIED || told;
  }

  /** Waits until `predicate` gives a truthy value; resolves to its last value, also after `timeout` ms. */
  async waitFor<R>(predicate: () => R | PromiseLike<R>, timeout?: number): Promise<R> {
    this.#checkHeld('waitFor');
    const end = timeout === undefined ? undefined : performance.now() + timeout;
    for (;;) {
      const value = await predicate();
      if (value) return value;
      const left = end === undefined ? undefined : end - performance.now();
      if (left !== undefined && left <= 0) return value;
      await this.wait(left);
    }
  }

  /** Wakes `n` of those who wait. Default 1. Throws `ManycoreError` when the lock is not held. */
  notify(n = 1): void {
    this.#checkHeld('notify');
    const waiting = this.#waiting();
    for (let left = n; left > 0; ) {
      const at = waiting.shift();
      if (at === undefined) return;
      const pid = this.#words[at + 1] as number;
      if (Atomics.compareExchange(this.#words, at, WAITING, NOTIFIED) !== WAITING) continue;
      if (this.#bells.ring(pid)) left--;
      else Atomics.store(this.#words, at, FREE); // It has died; the next one is told in its place.
    }
  }

  /** Wakes all who wait. Throws `ManycoreError` when the lock is not held. */
  notifyAll(): void {
    this.notify(Number.POSITIVE_INFINITY);
  }

  /** @internal */
  get parts(): readonly [Lock, Int32Array] {
    return [this.#lock, this.#words];
  }

  /** Where the places of the waiting calls are, those that came first in front. */
  #waiting(): number[] {
    const words = this.#words;
    // Tickets go round.
    return this.#placesIn(WAITING).sort((a, b) => ((words[a + 2] as number) - (words[b + 2] as number)) | 0);
  }

  /** The places of processes that died after they were notified, before they had the lock. */
  #deadNotified(): number[] {
    return this.#placesIn(NOTIFIED).filter((at) => !this.#bells.watch(this.#words[at + 1] as number));
  }

  #placesIn(state: number): number[] {
    const found: number[] = [];
    for (let i = 0; i < MAX_WAITING; i++) {
      const at = PLACES + PLACE_WORDS * i;
      if (Atomics.load(this.#words, at) === state) found.push(at);
    }
    return found;
  }

  #place(): number {
    const words = this.#words;
    for (const revived of [false, true]) {
      for (let i = 0; i < MAX_WAITING; i++) {
        const at = PLACES + PLACE_WORDS * i;
        // Places of the dead are looked for when there is no other.
        if (Atomics.load(words, at) !== FREE && !(revived && !this.#bells.ring(words[at + 1] as number)))
          continue;
        words[at + 1] = process.pid;
        words[at + 2] = Atomics.add(words, TICKET, 1);
        Atomics.store(words, at, WAITING);
        return at;
      }
    }
    throw new ManycoreError(`Condition.wait: ${MAX_WAITING} calls wait already, which is the limit`);
  }

  #checkHeld(method: string): void {
    if (!this.#lock.isMine)
      throw new ManycoreError(`Condition.${method}: this process does not hold its lock`);
  }
}

registerFrom<Condition, readonly [Lock, Int32Array]>(import.meta.url, Condition, {
  toPlain: ({ parts }) => parts,
  fromPlain: ([lock, words]) =>
    new (Condition as new (lock: Lock, words: Int32Array) => Condition)(lock, words),
});
