import { EOFError, ManycoreError, QueueEmptyError, QueueFullError, UndrainedQueueError } from '../errors.ts';
import type { WaitOptions } from '../executor/wait.ts';
import { userFrames } from '../process/stack.ts';
import { type ByteReader, ByteWriter } from '../transport/bytes.ts';
import { registerFrom } from '../values/classes.ts';
import { decode, ModuleNeededError, TAG } from '../values/codec.ts';
import { encodeNow } from '../values/encode-now.ts';
import { valueFrom } from './decode-message.ts';
import type { Pages } from './item-pages.ts';
import { type Parcel, SharedItems, type SharedParts } from './shared-items.ts';

const nobody = (): undefined => undefined;
const done = Promise.resolve();

/** Items of this size, in bytes, have pages of their own: below it a copy under the lock is cheaper. */
const LARGE = 65_536;

/** What items are encoded with, one after the other. */
let spare: ByteWriter | undefined;

/**
 * A first-in-first-out queue between processes. Iterating takes items until the queue is closed and drained.
 *
 * Items lie in shared memory from the moment when `put` resolves: they outlive the process that put them.
 */
export class Queue<T = unknown> implements AsyncIterable<T> {
  readonly #items: SharedItems;
  /** Puts of this process that wait for room. */
  #waiting = 0;
  /** Some of them were refused because the queue was closed. */
  #undrained = 0;
  #settled: (() => void)[] = [];

  /** Holds at most `maxSize` items; 0, the default, is no limit. */
  constructor(maxSize?: number);
  /** @internal */
  constructor(parts: SharedParts);
  constructor(from: number | SharedParts = 0) {
    if (typeof from === 'number' && !(Number.isInteger(from) && from >= 0 && from < 2 ** 31))
      throw new RangeError(`Queue: maxSize must be an integer from 0 to ${2 ** 31 - 1}, received ${from}`);
    this.#items = new SharedItems(from);
  }

  /** Puts an item, waiting for room. Throws `SerializationError` at the call; rejects with `QueueFullError` after `timeout` ms. */
  put(item: T, options: WaitOptions = {}): Promise<void> {
    const parcel = this.#encode(item, this.put);
    // Nobody passes a put of the same process that waits still.
    if (this.#waiting === 0 && this.#tryPut(parcel)) return done;
    const { bytes, pages } = parcel;
    return this.#waitForRoom(pages === undefined ? { bytes: Buffer.from(bytes), pages } : parcel, options);
  }

  /** Puts an item or throws `QueueFullError`; `SerializationError` leaves the queue whole. */
  putNoWait(item: T): void {
    const parcel = this.#encode(item, this.putNoWait);
    if (this.#tryPut(parcel)) return;
    this.#giveBack(parcel);
    throw new QueueFullError('Queue.putNoWait: there is no room');
  }

  /** Takes the next item, waiting for one. Rejects with `QueueEmptyError` after `timeout` ms, `EOFError` when closed and drained. */
  async get(options: WaitOptions = {}): Promise<T> {
    let item = this.#items.take(read);
    if (item === undefined) {
      const target = {
        tryTake: () => {
          // What was put before it was closed is there afterwards.
          const { isClosed } = this.#items;
          item = this.#items.take(read);
          return item !== undefined || isClosed;
        },
        more: () => !this.empty(),
        holder: nobody,
      };
      if (!(await this.#items.getters.wait(target, options)))
        throw new QueueEmptyError(`Queue.get: no item came within ${options.timeout} ms`);
      if (item === undefined)
        throw new EOFError('Queue.get: the queue is closed, and all its items were taken');
    }
    if ('large' in item) return (await this.#valueIn(item.large)) as T;
    return ('bytes' in item.taken ? await valueFrom(item.taken.bytes) : item.taken.value) as T;
  }

  /** Takes the next item or throws `QueueEmptyError`. */
  getNoWait(): T {
    const { isClosed } = this.#items;
    const item = this.#items.takeWhole(readNow);
    if (item !== undefined) return item.taken as T;
    if (isClosed) throw new EOFError('Queue.getNoWait: the queue is closed, and all its items were taken');
    throw new QueueEmptyError('Queue.getNoWait: there is no item');
  }

  /** True if there was no item a moment ago: other processes may have changed it since. */
  empty(): boolean {
    return this.#items.count === 0;
  }

  /** True if there was no room a moment ago: other processes may have changed it since. */
  full(): boolean {
    return this.#items.isFull;
  }

  /** Number of items a moment ago: other processes may have changed it since. */
  qsize(): number {
    return this.#items.count;
  }

  /** Ends the queue: what was put is still delivered, a later `put` throws `ManycoreError`. */
  close(): void {
    this.#items.close();
  }

  /** After `close()`: waits until what this process put has been handed over. Rejects with `UndrainedQueueError` when nobody takes it. */
  async joinThread(): Promise<void> {
    if (!this.#items.isClosed) throw new ManycoreError('Queue.joinThread: call close() first');
    if (this.#waiting > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
    if (this.#undrained > 0)
      throw new UndrainedQueueError(
        `Queue.joinThread: the queue was closed while ${this.#undrained} items of this process waited for room`,
      );
  }

  /** Lets this process end without delivering what it has put: those items are lost. */
  cancelJoinThread(): void {
    this.#undrained = 0;
  }

  /** Ends when the queue is closed and drained. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;)
      try {
        yield await this.get();
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
  }

  /** @internal */
  get parts(): SharedParts {
    return this.#items.parts;
  }

  protected get items(): SharedItems {
    return this.#items;
  }

  /** Bytes without pages are valid until the next item is encoded. */
  #encode(item: T, method: (...args: never[]) => unknown): Parcel {
    const all: Pages[] = [];
    const elsewhere = (size: number) => {
      if (size < LARGE) return undefined;
      const pages = this.#items.pages.take(size, !this.empty());
      all.push(pages);
      return pages;
    };
    // A getter of an item that is being encoded puts something itself.
    const writer = spare ?? new ByteWriter();
    spare = undefined;
    let pages: Pages | undefined;
    try {
      writer.restart(undefined, elsewhere);
      encodeNow(item, writer, 'item', () => userFrames(method));
      pages = all.pop();
      return { bytes: writer.written(), pages };
    } finally {
      spare = writer;
      // It outgrew them, or cannot cross.
      for (const one of all) this.#items.pages.giveBack(one);
    }
  }

  #tryPut(parcel: Parcel): boolean {
    try {
      if (this.#items.put(parcel)) return true;
      if (this.#items.isClosed) throw closed();
      return false;
    } catch (error) {
      this.#giveBack(parcel);
      throw error;
    }
  }

  #giveBack({ pages }: Parcel): void {
    if (pages !== undefined) this.#items.pages.giveBack(pages);
  }

  async #valueIn(large: Parcel): Promise<unknown> {
    try {
      return await valueFrom(large.bytes);
    } finally {
      this.#giveBack(large);
    }
  }

  async #waitForRoom(parcel: Parcel, options: WaitOptions): Promise<void> {
    this.#waiting++;
    let put = false;
    try {
      const target = {
        tryTake: () => {
          put = this.#items.put(parcel);
          return put || this.#items.isClosed;
        },
        more: () => !this.full(),
        holder: nobody,
      };
      if (!(await this.#items.putters.wait(target, options)))
        throw new QueueFullError(`Queue.put: there was no room within ${options.timeout} ms`);
      if (put) return;
      this.#undrained++;
      throw closed();
    } finally {
      if (!put) this.#giveBack(parcel);
      if (--this.#waiting === 0) for (const settled of this.#settled.splice(0)) settled();
    }
  }
}

/** A queue that counts unfinished items. */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /** One item that was taken is finished. Throws `ManycoreError` when called more often than `get`. */
  taskDone(): void {
    if (!this.items.finish())
      throw new ManycoreError('JoinableQueue.taskDone: it was called more often than items were taken');
  }

  /** Resolves when every item that was put is finished. */
  async join(): Promise<void> {
    await this.items.joiners.wait({ tryTake: () => this.items.isFinished, holder: nobody });
  }
}

/** A queue with no limit and no feeder: an item is handed over when `put` resolves. */
export class SimpleQueue<T = unknown> {
  readonly #queue: Queue<T>;
  #closed = false;

  constructor();
  /** @internal */
  constructor(parts: SharedParts);
  constructor(parts?: SharedParts) {
    this.#queue =
      parts === undefined ? new Queue<T>() : new (Queue as new (parts: SharedParts) => Queue<T>)(parts);
  }

  /** Puts an item. Throws `SerializationError` at the call. */
  put(item: T): Promise<void> {
    return this.#open.put(item);
  }

  /** Takes the next item, waiting for one. */
  get(): Promise<T> {
    return this.#open.get();
  }

  /** True if there was no item a moment ago. */
  empty(): boolean {
    return this.#open.empty();
  }

  /** Frees what belongs to this process. */
  close(): void {
    this.#closed = true;
  }

  get #open(): Queue<T> {
    if (this.#closed) throw new ManycoreError('SimpleQueue: it was closed in this process');
    return this.#queue;
  }

  /** @internal */
  get parts(): SharedParts {
    return this.#queue.parts;
  }
}

const closed = (): ManycoreError => new ManycoreError('Queue.put: the queue is closed');

/** A value, or the bytes of one. */
type Read = { readonly value: unknown } | { readonly bytes: Buffer };

/** Runs under the lock of the queue: what may run user code, or need a module, is made of a copy later. */
function read(item: ByteReader): Read {
  const start = item.offset;
  const tag = item.u8();
  item.seek(start);
  return tag === TAG.other ? { bytes: Buffer.from(item.rest()) } : { value: decode(item) };
}

function readNow(item: ByteReader): unknown {
  try {
    return decode(item);
  } catch (cause) {
    if (!(cause instanceof ModuleNeededError)) throw cause;
    throw new ManycoreError(
      `Queue.getNoWait: the item needs ${cause.url}, which is not imported yet: use get()`,
      {
        cause,
      },
    );
  }
}

for (const Class of [Queue, JoinableQueue, SimpleQueue])
  registerFrom<{ readonly parts: SharedParts }, SharedParts>(import.meta.url, Class, {
    toPlain: ({ parts }) => parts,
    fromPlain: (parts) => new (Class as new (parts: SharedParts) => Queue)(parts),
  });
