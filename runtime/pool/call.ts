/** One call of the pool: its input, what of it is under way, and who gets the results. */
import { SerializationError } from '../errors.ts';
import { tagItemIndex } from '../item-index.ts';
import type { ByteReader } from '../transport/bytes.ts';
import { NUMBER_STRIDE } from '../transport/frame.ts';
import { BatchWriter } from '../values/batch.ts';
import { locateCertain } from '../values/locate-certain.ts';
import { type Loss, lossy } from '../values/lossy.ts';
import { UnknownFunctionError } from '../values/replace.ts';
import { withCaller } from './caller-stack.ts';
import { ChunkSizer, MAX_CHUNK_BYTES } from './chunk-sizer.ts';
import { DONE, type ItemSource, WAIT } from './source.ts';

/** Takes the outcomes of a call. */
export interface Sink {
  /** `index` counts from 0 in the order of the input. */
  value(index: number, value: unknown): void;
  error(index: number, error: unknown): void;
  /** No further outcome. `failure` ends the call as a whole, at place `index` (-1: before everything). */
  end(failure?: { readonly error: unknown; readonly index: number }): void;
  /** A chunk is handed to a worker. */
  begins?: (() => void) | undefined;
  /** Items that the consumer has taken. */
  readonly taken: number;
}

export interface CallOptions {
  readonly fn: number;
  /** The function was given by value: its module is loaded in this process. */
  readonly byValue: boolean;
  readonly spread: boolean;
  /** False for `apply`: its task has no index. */
  readonly indexed: boolean;
  readonly chunkSize: number | 'auto' | undefined;
  /** Mean time in ms of an item in earlier calls of this function. */
  readonly mean: number | undefined;
  /** Items that may be under way ahead of what was taken; undefined: a few chunks for every worker; Infinity: as many as workers take. */
  readonly bufferSize: number | undefined;
  readonly timeout: number | undefined;
  readonly retries: number;
  readonly priority: number;
  readonly workers: number;
  /** Holds the stack of the caller. */
  readonly caller: { readonly stack?: string };
  /** The only item, encoded at the call. */
  readonly encoded: Buffer | undefined;
  /** Items that are looked through for what arrives changed. */
  readonly checked: number;
  /** Items or results arrive changed. */
  readonly tellLosses: (losses: readonly Loss[]) => void;
  /** The call may have something to give again. */
  readonly wake: (call: Call) => void;
  /** The call is over. */
  readonly over: (call: Call) => void;
}

/** Items that are sent together. */
export interface Chunk {
  readonly id: number;
  readonly call: Call;
  /** A batch; pieces of a chunk share it. */
  readonly values: Buffer;
  /** The part of the batch that is to be run: [from, to). */
  readonly from: number;
  readonly to: number;
  /** Nobody else has the batch. */
  readonly whole: boolean;
  /** Index of the first item of the batch; NaN for a task without one. */
  readonly firstIndex: number;
  /** Has every item reported before the next begins. */
  readonly exact: boolean;
  /** How often its only item lost a worker. */
  readonly attempts: number;
  /** How often a worker ended that had it but had not begun it. */
  readonly losses: number;
  /** When the items were read, ms of `performance.now()`. */
  readonly readAt: number;
  /** Time in ms to encode it. */
  readonly encoding: number;
}

/** Items that may be refused one after another before others get their turn. */
const MAX_REFUSED = 1000;

/** Consecutive items, encoded. */
interface Batch {
  readonly values: Buffer;
  readonly count: number;
  readonly firstIndex: number;
}

let calls = 0;
let chunks = 0;

export class Call {
  readonly id = ++calls;
  readonly options: CallOptions;
  readonly sizer: ChunkSizer;
  readonly #source: ItemSource;
  readonly #sink: Sink;
  /** Chunks that lost their worker. */
  readonly #again: Chunk[] = [];
  #read = 0;
  #settled = 0;
  #exhausted = false;
  #waiting = false;
  #over = false;
  #failure: { readonly error: unknown; readonly index: number } | undefined;
  /** An item that could not be encoded yet. */
  #held: { readonly item: unknown } | undefined;
  /** Workers that ended while they imported the module. */
  importDeaths = 0;
  /** In the scheduler's queue. */
  queued = false;

  constructor(options: CallOptions, source: (onInput: () => void) => ItemSource, sink: Sink) {
    this.options = options;
    const { chunkSize, mean, workers, bufferSize } = options;
    this.sizer = new ChunkSizer(chunkSize, mean, workers, bufferSize !== Number.POSITIVE_INFINITY);
    this.#sink = sink;
    this.#source = source(() => this.#resume());
    // No worker is started for nothing, so none would find out that there is nothing.
    if (this.#source.left === 0) this.#exhaust();
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Items without an outcome; undefined while that is not known. */
  get left(): number | undefined {
    const unread = this.#exhausted ? 0 : this.#source.left;
    return unread === undefined ? undefined : unread + this.#read - this.#settled;
  }

  /** Chunks that it could give now, at most; what is not known counts as many. */
  get demand(): number {
    if (this.#over) return 0;
    const fresh = this.#exhausted || this.#waiting ? 0 : (this.#source.left ?? Number.POSITIVE_INFINITY);
    return this.#again.length + fresh;
  }

  /** True when `take` may give a chunk. */
  get canGive(): boolean {
    if (this.#over) return false;
    return this.#again.length > 0 || (!this.#exhausted && !this.#waiting && this.#room() > 0);
  }

  /** True when a worker that is busy with this call should have its next chunk already: not near the end, where it could strand. */
  get wantsPrefetch(): boolean {
    const { left } = this.#source;
    return this.sizer.prefetch && (left === undefined || left > this.options.workers * 2 * this.sizer.size);
  }

  /** The next chunk of at most `limit` items, or null: then `wake` is called once there is something again. */
  take(limit: number): Chunk | null {
    if (this.#over) return null;
    const again = this.#again.shift();
    if (again !== undefined) return again;
    if (!this.canGive) return null;
    const began = performance.now();
    const size = this.sizer.next(this.#source.left);
    const { values, count, firstIndex } = this.#encoded() ?? this.#fill(Math.min(size, limit, this.#room()));
    if (count === 0) return null;
    this.#sink.begins?.();
    // Otherwise the end would only be seen when a worker asks for more.
    if (this.#source.left === 0 && this.#held === undefined && !this.#waiting) this.#exhaust();
    return {
      id: ++chunks,
      call: this,
      values,
      from: 0,
      to: count,
      whole: true,
      firstIndex: this.options.indexed ? firstIndex : Number.NaN,
      exact: this.options.timeout !== undefined,
      attempts: 0,
      losses: 0,
      readAt: began,
      encoding: performance.now() - began,
    };
  }

  /** Runs `[from, to)` of a chunk once more. */
  requeue(
    chunk: Chunk,
    from: number,
    to: number,
    changes: Partial<Pick<Chunk, 'exact' | 'attempts' | 'losses'>>,
  ): void {
    if (this.#over || from >= to) return;
    this.#again.push({ ...chunk, ...changes, id: ++chunks, from, to, whole: false });
    this.options.wake(this);
  }

  value(index: number, value: unknown): void {
    if (this.#over) return;
    this.#settled++;
    this.#sink.value(index, value);
    this.#checkEnd();
  }

  /** The numbers of a body from `index` on. */
  numbers(index: number, count: number, body: ByteReader): void {
    if (this.#over) return;
    this.#settled += count;
    const sink = this.#sink;
    for (let i = 0, at = 0; i < count; i++, at += NUMBER_STRIDE) sink.value(index + i, body.numberAt(at));
    this.#checkEnd();
  }

  error(index: number, error: unknown): void {
    if (this.#over) return;
    this.#settled++;
    if (this.options.indexed) tagItemIndex(error, index);
    this.#sink.error(index, withCaller(error, this.options.caller));
    this.#checkEnd();
  }

  /** Ends the call: nothing more is read, outcomes that still come are ignored. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#finish({ error: withCaller(error, this.options.caller), index: -1 });
  }

  /** The consumer left. */
  leave(): void {
    if (!this.#over) this.#finish(undefined);
  }

  /** The consumer took something: there may be room again. */
  taken(): void {
    if (this.#blocked && this.#room() >= this.#window() / 2) {
      this.#blocked = false;
      this.options.wake(this);
    }
  }

  #blocked = false;

  #window(): number {
    return this.options.bufferSize ?? this.sizer.window(this.#source.left);
  }

  #room(): number {
    const room = this.#window() - (this.#read - this.#sink.taken);
    if (room <= 0) this.#blocked = true;
    return room;
  }

  /** The only item, where it was encoded at the call. */
  #encoded(): Batch | undefined {
    const { encoded } = this.options;
    if (encoded === undefined) return undefined;
    const item = this.#source.next();
    if (this.options.checked > 0) this.options.tellLosses(lossy(item, this.#nameOf(0)));
    this.#read = 1;
    return { values: encoded, count: 1, firstIndex: 0 };
  }

  /** Reads and encodes up to `size` consecutive items; one that cannot be encoded fails by itself and closes the chunk. */
  #fill(size: number): Batch {
    const batch = new BatchWriter(size);
    let firstIndex = this.#read;
    let refused = 0;
    if (this.#held === undefined) this.#read += this.#source.numbers?.(batch, size) ?? 0;
    while (batch.count < size && batch.size < MAX_CHUNK_BYTES) {
      const item = this.#next();
      if (item === WAIT || item === DONE) break;
      const index = this.#read++;
      try {
        batch.add(item, () => this.#nameOf(index));
        if (index < this.options.checked) this.options.tellLosses(lossy(item, this.#nameOf(index)));
      } catch (error) {
        if (error instanceof UnknownFunctionError) {
          this.#read--;
          this.#lookFor(error, item, index);
          break;
        }
        this.error(index, error);
        if (batch.count > 0 || this.#over || this.#room() <= 0) break;
        firstIndex = this.#read;
        if (++refused === MAX_REFUSED) {
          this.#waiting = true;
          setImmediate(() => this.#resume());
          break;
        }
      }
    }
    return { count: batch.count, values: batch.finish(), firstIndex };
  }

  #nameOf(index: number): string {
    return this.options.indexed ? `items[${index}]` : 'args';
  }

  #next(): unknown {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      return held.item;
    }
    try {
      const item = this.#source.next();
      if (item === WAIT) this.#waiting = true;
      if (item === DONE) this.#exhaust();
      return item;
    } catch (error) {
      this.#failure = { error, index: this.#read };
      this.#exhaust();
      return DONE;
    }
  }

  #exhaust(): void {
    this.#exhausted = true;
    queueMicrotask(() => this.#checkEnd());
  }

  #lookFor(refused: UnknownFunctionError, item: unknown, index: number): void {
    this.#waiting = true;
    locateCertain(refused.fn).then(
      () => {
        this.#held = { item };
        this.#resume();
      },
      () => {
        this.#read++;
        this.error(
          index,
          new SerializationError(refused.path, refused.message.slice(refused.path.length + 1)),
        );
        this.#resume();
      },
    );
  }

  #resume(): void {
    this.#waiting = false;
    this.options.wake(this);
  }

  #checkEnd(): void {
    if (!this.#over && this.#exhausted && this.#held === undefined && this.#settled === this.#read)
      this.#finish(this.#failure);
  }

  #finish(failure: { readonly error: unknown; readonly index: number } | undefined): void {
    this.#over = true;
    this.#again.length = 0;
    this.#held = undefined;
    this.#source.close();
    this.#sink.end(failure);
    this.options.over(this);
  }
}
