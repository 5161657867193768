/** What a queue shares: its items, how many they are, and who waits for them. Under one lock, held for as long as a copy takes. */
import { Lock } from '../sync/lock.ts';
import { WAIT_WORDS, WaitList } from '../sync/wait-list.ts';
import { newWords } from '../sync/words.ts';
import { CHAIN_WORDS, Chain } from './chain.ts';

const COUNT = 0;
const MAX = 1;
const CLOSED = 2;
/** Items that were put and are not reported finished. */
const UNFINISHED = 3;
/** What `UNFINISHED` is when the item that is being put is there. */
const PUTTING = 4;
const CHAIN = 5;
const GETTERS = CHAIN + CHAIN_WORDS;
const PUTTERS = GETTERS + WAIT_WORDS;
const JOINERS = PUTTERS + WAIT_WORDS;
const WORDS = JOINERS + WAIT_WORDS;

export interface SharedParts {
  readonly words: Int32Array;
  readonly lock: Lock;
}

export class SharedItems {
  readonly parts: SharedParts;
  readonly getters: WaitList;
  readonly putters: WaitList;
  readonly joiners: WaitList;
  readonly #words: Int32Array;
  readonly #lock: Lock;
  readonly #chain: Chain;

  constructor(from: number | SharedParts) {
    this.parts = typeof from === 'number' ? { words: newWords(WORDS), lock: new Lock() } : from;
    const { words, lock } = this.parts;
    if (typeof from === 'number') words[MAX] = from;
    this.#words = words;
    this.#lock = lock;
    this.#chain = new Chain(words.subarray(CHAIN, GETTERS));
    this.getters = new WaitList(words.subarray(GETTERS, PUTTERS));
    this.putters = new WaitList(words.subarray(PUTTERS, JOINERS));
    this.joiners = new WaitList(words.subarray(JOINERS));
  }

  get count(): number {
    return Atomics.load(this.#words, COUNT);
  }

  get isFull(): boolean {
    const max = this.#words[MAX] as number;
    return max > 0 && this.count >= max;
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1;
  }

  get unfinished(): number {
    return Atomics.load(this.#words, UNFINISHED);
  }

  close(): void {
    this.#locked(() => Atomics.store(this.#words, CLOSED, 1));
    for (const list of [this.getters, this.putters]) list.wakeAll();
  }

  /** False when there is no room, or when it is closed. */
  put(item: Uint8Array): boolean {
    if (this.isFull || this.isClosed) return false;
    const done = this.#locked(() => {
      if (this.isFull || this.isClosed) return false;
      const unfinished = this.unfinished + 1;
      Atomics.store(this.#words, PUTTING, unfinished);
      this.#chain.append(item);
      Atomics.store(this.#words, UNFINISHED, unfinished);
      Atomics.add(this.#words, COUNT, 1);
      return true;
    });
    if (done) this.getters.wake();
    return done;
  }

  /**
   * What `read` makes of the oldest item, in an object; undefined when there is none. The item lies in shared memory until `read`
   * returns, and stays when it throws.
   */
  take<R>(read: (item: Buffer) => R): { readonly taken: R } | undefined {
    if (this.count === 0) return undefined;
    const result = this.#locked(() => {
      const first = this.#chain.take((item) => ({ taken: read(item) }));
      if (first !== undefined) Atomics.sub(this.#words, COUNT, 1);
      return first;
    });
    if (result === undefined) return undefined;
    this.putters.wake();
    return result;
  }

  /** One item that was taken is finished; false when there is none. */
  finish(): boolean {
    // Both counts change under the lock: one read after the other, they would not belong together.
    const unfinished = this.#locked(() =>
      this.unfinished <= this.count ? undefined : Atomics.sub(this.#words, UNFINISHED, 1) - 1,
    );
    if (unfinished === 0) this.joiners.wakeAll();
    return unfinished !== undefined;
  }

  #locked<R>(body: () => R): R {
    this.#lock.acquireSync();
    let recounted = false;
    try {
      if (this.#lock.wasAbandoned()) {
        this.#recount();
        recounted = true;
      }
      return body();
    } finally {
      this.#lock.release();
      // Who died has woken nobody for what is there now.
      if (recounted) for (const list of [this.getters, this.putters]) list.wakeAll();
    }
  }

  /** The one before was killed between an item and its counts. */
  #recount(): void {
    const count = this.#chain.count();
    if (count > this.count) Atomics.store(this.#words, UNFINISHED, Atomics.load(this.#words, PUTTING));
    Atomics.store(this.#words, COUNT, count);
  }
}
