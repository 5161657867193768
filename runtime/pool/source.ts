/** Where the items of a call come from: read one at a time, only when somebody has room for them. */

import { types } from 'node:util';
import type { BatchWriter } from '../values/batch.ts';

export const WAIT = Symbol('no item yet');
export const DONE = Symbol('no more items');

export interface ItemSource {
  /** The next item, `WAIT` when `onInput` will be called, or `DONE`. Throws what the input throws. */
  next(): unknown;
  /** Moves up to `most` numbers into the batch, as far as the next items are numbers; returns how many. */
  numbers?(batch: BatchWriter, most: number): number;
  /** Items that are left; undefined when it cannot be known. */
  readonly left: number | undefined;
  /** Ends the input early: frees what its iterator holds. */
  close(): void;
}

/** Reads `items`. `onInput` is called whenever an asynchronous input has something new after `WAIT`. */
export function itemSource(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  onInput: () => void,
): ItemSource {
  checkItems(items);
  if (isAsync(items)) return new AsyncSource(items[Symbol.asyncIterator](), onInput);
  if (Array.isArray(items) || isNumberArray(items)) return new ArraySource(items);
  if (items instanceof Set || items instanceof Map) return new SyncSource(items, items.size);
  const { length } = items as { length?: unknown };
  return new SyncSource(
    items as Iterable<unknown>,
    typeof length === 'number' && length > 0 ? length : undefined,
  );
}

/** @throws {TypeError} when nothing can be read from `items`. */
export function checkItems(items: Iterable<unknown> | AsyncIterable<unknown>): void {
  if (
    isAsync(items) ||
    typeof (items as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function'
  )
    return;
  throw new TypeError(`items must be iterable, received ${items === null ? 'null' : typeof items}`);
}

const isAsync = (items: Iterable<unknown> | AsyncIterable<unknown>): items is AsyncIterable<unknown> =>
  typeof items === 'object' && items !== null && Symbol.asyncIterator in items;

/** Typed arrays of numbers; those of bigints go by the iterator. */
const isNumberArray = (items: object): items is Iterable<unknown> & ArrayLike<number> =>
  types.isTypedArray(items) && !types.isBigInt64Array(items) && !types.isBigUint64Array(items);

class ArraySource implements ItemSource {
  readonly #items: ArrayLike<unknown>;
  #at = 0;
  #closed = false;
  constructor(items: ArrayLike<unknown>) {
    this.#items = items;
  }
  get left(): number {
    return this.#closed ? 0 : Math.max(0, this.#items.length - this.#at);
  }
  next(): unknown {
    return this.left === 0 ? DONE : this.#items[this.#at++];
  }
  numbers(batch: BatchWriter, most: number): number {
    const moved = batch.addNumbers(this.#items, this.#at, this.#at + Math.min(most, this.left));
    this.#at += moved;
    return moved;
  }
  close(): void {
    this.#closed = true;
  }
}

class SyncSource implements ItemSource {
  readonly #iterator: Iterator<unknown>;
  #left: number | undefined;
  #done = false;
  /** What comes behind the last item that `size` promised. */
  #ahead: { readonly next: () => unknown } | undefined;
  constructor(items: Iterable<unknown>, size: number | undefined) {
    this.#iterator = items[Symbol.iterator]();
    this.#left = size;
  }
  get left(): number | undefined {
    return this.#done ? 0 : this.#left;
  }
  next(): unknown {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead.next();
    const item = this.#read();
    if (this.#left !== undefined && --this.#left <= 0 && !this.#done) this.#lookAhead();
    return item;
  }
  #read(): unknown {
    if (this.#done) return DONE;
    try {
      const result = checked(this.#iterator.next());
      if (result.done !== true) return result.value;
    } catch (error) {
      this.#done = true;
      throw error;
    }
    this.#done = true;
    return DONE;
  }
  /** There may be more than the size said: nothing is left out. */
  #lookAhead(): void {
    this.#left = undefined;
    try {
      const item = this.#read();
      if (item !== DONE) this.#ahead = { next: () => item };
    } catch (error) {
      this.#left = 1;
      this.#done = false;
      this.#ahead = {
        next: () => {
          this.#done = true;
          throw error;
        },
      };
    }
  }
  close(): void {
    this.#ahead = undefined;
    if (this.#done) return;
    this.#done = true;
    try {
      this.#iterator.return?.();
    } catch (error) {
      warnNotClosed(error);
    }
  }
}

/** Items of an asynchronous input that are read ahead. */
const READ_AHEAD = 4096;

class AsyncSource implements ItemSource {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #onInput: () => void;
  #staged: unknown[] = [];
  #at = 0;
  /** How far to read ahead: grows as long as the items are taken faster than they are staged. */
  #ahead = 16;
  #reading = false;
  #waited = false;
  #done = false;
  #error: { readonly cause: unknown } | undefined;

  constructor(iterator: AsyncIterator<unknown>, onInput: () => void) {
    this.#iterator = iterator;
    this.#onInput = onInput;
  }

  get left(): number | undefined {
    // An error counts as something to come: it is only found by asking for it.
    return this.#done && this.#error === undefined ? this.#staged.length - this.#at : undefined;
  }

  next(): unknown {
    if (this.#at < this.#staged.length) {
      const item = this.#staged[this.#at];
      this.#staged[this.#at++] = undefined;
      if (!this.#reading && this.#staged.length - this.#at < this.#ahead / 2) void this.#read();
      return item;
    }
    this.#staged = [];
    this.#at = 0;
    if (this.#error !== undefined) {
      const { cause } = this.#error;
      this.#error = undefined;
      throw cause;
    }
    if (this.#done) return DONE;
    this.#ahead = Math.min(READ_AHEAD, this.#ahead * 2);
    this.#waited = true;
    if (!this.#reading) void this.#read();
    return WAIT;
  }

  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.#staged = [];
    this.#at = 0;
    // A generator that waits inside of `next` answers `return` after it; nobody waits for that.
    new Promise((resolve) => resolve(this.#iterator.return?.())).catch(warnNotClosed);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (!this.#done && this.#staged.length - this.#at < this.#ahead) {
        const result = checked(await this.#iterator.next());
        if (this.#done) break;
        if (result.done === true) this.#done = true;
        else this.#staged.push(result.value);
        this.#tell();
      }
    } catch (cause) {
      this.#done = true;
      this.#error = { cause };
      this.#tell();
    }
    this.#reading = false;
  }

  #tell(): void {
    if (!this.#waited) return;
    this.#waited = false;
    // What the input gives within this turn of the event loop goes together.
    setImmediate(this.#onInput);
  }
}

/** As the language does in its own loops: what is no object would be an endless row of nothing. */
function checked<R>(result: IteratorResult<R>): IteratorResult<R> {
  if (Object(result) !== result) throw new TypeError(`iterator result ${String(result)} is not an object`);
  return result;
}

function warnNotClosed(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'closing the input of a pool threw');
}
