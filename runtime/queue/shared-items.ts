/**
 * What a queue shares: its items, how many they are, and who waits for them. Those who put hold one lock, those who take another,
 * each for as long as a copy takes.
 */
import { Lock } from '../sync/lock.ts';
import { WAIT_WORDS, WaitList } from '../sync/wait-list.ts';
import { newWords } from '../sync/words.ts';
import { ByteReader } from '../transport/bytes.ts';
import { CHAIN_WORDS, Chain, type End, READ, WRITE } from './chain.ts';
import { ITEM_PAGES_WORDS, ItemPages, type Pages } from './item-pages.ts';

const MAX = 0;
const CLOSED = 1;
/** Items that are reported finished. */
const FINISHED = 2;
const CHAIN = 16;
const PAGES = CHAIN + CHAIN_WORDS;
const GETTERS = PAGES + ITEM_PAGES_WORDS;
const PUTTERS = GETTERS + WAIT_WORDS;
const JOINERS = PUTTERS + WAIT_WORDS;
const WORDS = JOINERS + WAIT_WORDS;

/** Kinds of items in the chain: bytes of a value; length of a value, and the path of the pages in which it lies. */
const INLINE = 0;
const PAGED = 1;

export interface SharedParts {
  readonly words: Int32Array;
  /** By the end that they are for. */
  readonly locks: readonly [Lock, Lock];
}

/** An encoded item that is not in the queue, or not any more. */
export interface Parcel {
  readonly bytes: Buffer;
  /** Where the bytes lie when they are many; to be given back. */
  readonly pages: Pages | undefined;
}

export class SharedItems {
  readonly parts: SharedParts;
  readonly pages: ItemPages;
  readonly getters: WaitList;
  readonly putters: WaitList;
  readonly joiners: WaitList;
  readonly #words: Int32Array;
  readonly #chain: Chain;

  constructor(from: number | SharedParts) {
    this.parts =
      typeof from === 'number' ? { words: newWords(WORDS), locks: [new Lock(), new Lock()] } : from;
    const { words } = this.parts;
    if (typeof from === 'number') words[MAX] = from;
    this.#words = words;
    this.#chain = new Chain(words.subarray(CHAIN, PAGES));
    this.pages = new ItemPages(words.subarray(PAGES, GETTERS));
    this.getters = new WaitList(words.subarray(GETTERS, PUTTERS));
    this.putters = new WaitList(words.subarray(PUTTERS, JOINERS));
    this.joiners = new WaitList(words.subarray(JOINERS));
  }

  get count(): number {
    // In this order: what was put before the call is counted.
    const taken = this.#chain.passed(READ);
    return (this.#chain.passed(WRITE) - taken) >>> 0;
  }

  get isFull(): boolean {
    const max = this.#words[MAX] as number;
    return max > 0 && this.count >= max;
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1;
  }

  /** True when every item that was put is reported finished. */
  get isFinished(): boolean {
    // In this order: never more are finished than were put.
    const finished = Atomics.load(this.#words, FINISHED);
    return finished === this.#chain.passed(WRITE);
  }

  close(): void {
    this.#locked(WRITE, () => Atomics.store(this.#words, CLOSED, 1));
    for (const list of [this.getters, this.putters]) list.wakeAll();
  }

  /** False when there is no room, or when it is closed. Pages belong to the queue when they were put. */
  put({ bytes, pages }: Parcel): boolean {
    if (this.isFull || this.isClosed) return false;
    const done = this.#locked(WRITE, () => {
      if (this.isFull || this.isClosed) return false;
      if (pages === undefined) this.#chain.append(bytes, INLINE);
      else this.#chain.append(this.#handOver(pages, bytes.length), PAGED);
      return true;
    });
    if (done) this.getters.wake();
    return done;
  }

  /**
   * What `read` makes of the oldest item, in an object, or the item itself when it is large; undefined when there is none. A small
   * one lies in shared memory until `read` returns, and stays when it throws.
   */
  take<R>(read: (item: ByteReader) => R): { readonly taken: R } | { readonly large: Parcel } | undefined {
    if (this.count === 0) return undefined;
    const result = this.#locked(READ, () => {
      const first = this.#chain.take((item, kind) =>
        kind === PAGED ? { large: this.#find(item) } : { taken: read(item) },
      );
      if (first !== undefined && 'large' in first) this.pages.hold(first.large.pages);
      return first;
    });
    if (result !== undefined) this.putters.wake();
    return result;
  }

  /** The same, but a large item is read under the lock too, and stays when `read` throws. */
  takeWhole<R>(read: (item: ByteReader) => R): { readonly taken: R } | undefined {
    if (this.count === 0) return undefined;
    const result = this.#locked(READ, () =>
      this.#chain.take((item, kind) => {
        if (kind === INLINE) return { taken: read(item), large: undefined };
        const large = this.#find(item);
        return { taken: read(new ByteReader(large.bytes)), large };
      }),
    );
    if (result === undefined) return undefined;
    if (result.large !== undefined) this.pages.giveBack(result.large.pages);
    this.putters.wake();
    return result;
  }

  /** One item that was taken is finished; false when there is none. */
  finish(): boolean {
    for (;;) {
      const finished = Atomics.load(this.#words, FINISHED);
      if (finished === this.#chain.passed(READ)) return false;
      const next = (finished + 1) | 0;
      if (Atomics.compareExchange(this.#words, FINISHED, finished, next) !== finished) continue;
      if (next === this.#chain.passed(WRITE)) this.joiners.wakeAll();
      return true;
    }
  }

  #handOver(pages: Pages, length: number): Buffer {
    const name = this.pages.handOver(pages);
    const item = Buffer.allocUnsafe(4 + name.length);
    item.writeUInt32LE(length, 0);
    item.set(name, 4);
    return item;
  }

  #find(item: ByteReader): Parcel & { readonly pages: Pages } {
    const length = item.u32();
    const pages = this.pages.find(item.latin1(item.left));
    return { bytes: pages.bytes.subarray(0, length), pages };
  }

  #locked<R>(end: End, body: () => R): R {
    const lock = this.parts.locks[end];
    lock.acquireSync();
    let recovered = false;
    try {
      // The one before was killed between an item and its count.
      if (lock.wasAbandoned()) {
        this.#chain.recover(end);
        recovered = true;
      }
      return body();
    } finally {
      lock.release();
      // Who died has woken nobody for what is there now.
      if (recovered) for (const list of [this.getters, this.putters]) list.wakeAll();
    }
  }
}
