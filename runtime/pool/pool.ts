import { AbortError, ManycoreError, PoolClosedError } from '../errors.ts';
import { checkEntryGuard } from '../process/main.ts';
import { type StackFrame, userFrames } from '../process/stack.ts';
import { BatchWriter } from '../values/batch.ts';
import {
  checkImportable,
  type FunctionReference,
  isByName,
  knownReference,
  locate,
} from '../values/reference.ts';
import { UnknownFunctionError } from '../values/replace.ts';
import { checkCrosses, encodeLocating } from '../values/whole.ts';
import type { PoolEvents, PoolStats, WorkerInfo } from '../watch/events.ts';
import { LossyPlaces } from '../watch/lossy-places.ts';
import { sum } from '../watch/stats.ts';
import { onAbort } from './abort.ts';
import { AsyncResult } from './async-result.ts';
import { Call, type Sink } from './call.ts';
import {
  type CheckedPoolOptions,
  type ChunkOptions,
  checkCallOptions,
  checkPoolOptions,
  type ImapOptions,
  INTERNAL,
  type InternalOptions,
  type MapOptions,
  type PoolOptions,
  type ResultCallbacks,
  type StreamOptions,
  type TaskOptions,
  type WorkerFunction,
} from './options.ts';
import { Scheduler, type WorkerFunctions } from './scheduler.ts';
import { ArraySink, StreamSink } from './sinks.ts';
import { checkItems, itemSource } from './source.ts';

type Items<T> = Iterable<T> | AsyncIterable<T>;
type AnyFunction = (...args: never[]) => unknown;
type Method = (...args: never[]) => unknown;

/**
 * A fixed number of worker processes that run tasks. Disposing it is `terminate()`, as in Python.
 *
 * ```ts
 * await using pool = new Pool(4);
 * const squares = await pool.map(square, [1, 2, 3]); // square is an export of some module
 * ```
 *
 * Workers are started when there is work for them. A pool without pending tasks does not keep its process alive.
 */
export class Pool implements AsyncDisposable {
  readonly #options: CheckedPoolOptions;
  readonly #scheduler: Scheduler;
  readonly #lossy: LossyPlaces;

  /**
   * `new Pool()`, `new Pool(4)`, `new Pool(4, { ... })`, `new Pool({ processes: 4, ... })`.
   * Throws `EntryGuardError` in a module that a worker imports, RangeError for a count below 1, `SerializationError` for
   * `initArgs`, and `NotImportableError` for a bound function; whether a module exports another one, the first call tells.
   */
  constructor(processesOrOptions?: number | PoolOptions, options?: PoolOptions) {
    checkEntryGuard('new Pool()', Pool);
    this.#options = checkPoolOptions(processesOrOptions, options);
    const { initializer, finalizer, initArgs = [] } = this.#options;
    if (initializer !== undefined) checkImportable(initializer);
    if (finalizer !== undefined) checkImportable(finalizer);
    checkCrosses(initArgs, 'initArgs');
    const callers = userFrames(Pool);
    this.#scheduler = new Scheduler(this.#options, this.#locateOwn(callers));
    this.#lossy = new LossyPlaces(this.#scheduler.events);
  }

  /**
   * Runs `fn` on every item and keeps the input order. Waits for every task, then rejects with the error of the lowest index;
   * `PoolClosedError` after `close()`.
   */
  map<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: MapOptions,
  ): Promise<R[]> {
    return rejecting(() => this.#collect(fn, items, false, options, this.map)) as Promise<R[]>;
  }

  /** Like `map`, with every tuple spread into the arguments of `fn`. */
  starmap<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    tuples: Items<readonly [...A]>,
    options?: MapOptions,
  ): Promise<R[]> {
    return rejecting(() => this.#collect(fn, tuples, true, options, this.starmap)) as Promise<R[]>;
  }

  /** Runs `fn` once, without arguments. Rejects with what `fn` threw, `TimeoutError`, `WorkerDiedError` or `AbortError`. */
  apply<R>(fn: WorkerFunction<[], R | PromiseLike<R>>, args?: readonly [], options?: TaskOptions): Promise<R>;
  /** Runs `fn` once. Rejects with what `fn` threw, `TimeoutError`, `WorkerDiedError` or `AbortError`. */
  apply<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A],
    options?: TaskOptions,
  ): Promise<R>;
  apply(fn: AnyFunction, args: readonly unknown[] = [], options?: TaskOptions): Promise<unknown> {
    return rejecting(() => this.#once(fn, args, options, this.apply));
  }

  /** `map` whose results are asked for later. Throws at the call what `map` would reject with before the first task. */
  mapAsync<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: number | (ChunkOptions & ResultCallbacks<R[]>),
  ): AsyncResult<R[]> {
    const promise = this.#collect(fn, items, false, options, this.mapAsync) as Promise<R[]>;
    return AsyncResult.of(promise, typeof options === 'object' ? options : undefined);
  }

  /** `starmap` whose results are asked for later. */
  starmapAsync<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    tuples: Items<readonly [...A]>,
    options?: number | (ChunkOptions & ResultCallbacks<R[]>),
  ): AsyncResult<R[]> {
    const promise = this.#collect(fn, tuples, true, options, this.starmapAsync) as Promise<R[]>;
    return AsyncResult.of(promise, typeof options === 'object' ? options : undefined);
  }

  /** `apply` without arguments whose result is asked for later. Throws at the call what it would reject with before its task. */
  applyAsync<R>(
    fn: WorkerFunction<[], R | PromiseLike<R>>,
    args?: readonly [],
    options?: TaskOptions & ResultCallbacks<R>,
  ): AsyncResult<R>;
  /** `apply` whose result is asked for later. */
  applyAsync<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A],
    options?: TaskOptions & ResultCallbacks<R>,
  ): AsyncResult<R>;
  applyAsync(
    fn: AnyFunction,
    args: readonly unknown[] = [],
    options?: TaskOptions & ResultCallbacks<unknown>,
  ): AsyncResult<unknown> {
    return AsyncResult.of(this.#once(fn, args, options, this.applyAsync), options);
  }

  /** Results in input order, read lazily. Throws at the place of a failed item and can be continued with `next()`. */
  imap<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: ImapOptions,
  ): AsyncIterableIterator<R> {
    return this.#stream(fn, items, true, options, this.imap) as AsyncIterableIterator<R>;
  }

  /** Results in the order of completion, read lazily. Throws at the place of a failed item and can be continued with `next()`. */
  imapUnordered<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: ImapOptions,
  ): AsyncIterableIterator<R> {
    return this.#stream(fn, items, false, options, this.imapUnordered) as AsyncIterableIterator<R>;
  }

  /** Takes no more tasks; what was submitted is still done. Later submissions fail with `PoolClosedError`. */
  close(): void {
    this.#scheduler.close();
  }

  /** Waits until every worker has ended. Rejects with `ManycoreError` before `close()` or `terminate()`. */
  async join(): Promise<void> {
    if (!this.#scheduler.isClosed)
      throw new ManycoreError('join() waits for the end of the workers: call close() or terminate() first');
    await this.#scheduler.ended();
  }

  /** Ends the workers at once; pending tasks fail with `PoolClosedError`. Resolves when all have ended. */
  terminate(): Promise<void> {
    return this.#scheduler.terminate();
  }

  /** The workers of this moment. */
  get workers(): readonly WorkerInfo[] {
    return [...this.#scheduler.workers].map((worker) => worker.info);
  }

  /** Sums per worker since the start of the pool. */
  stats(): PoolStats {
    const workers = this.#scheduler.tallies.map((tally) => tally.snapshot());
    return { workers, total: sum(workers) };
  }

  /** Calls `listener` for every event of this kind. Listeners can neither block nor fail the pool. */
  on<E extends keyof PoolEvents>(event: E, listener: (event: PoolEvents[E]) => void): this {
    this.#scheduler.events.add(event, listener, false);
    return this;
  }

  /** Like `on`, for the next event only. */
  once<E extends keyof PoolEvents>(event: E, listener: (event: PoolEvents[E]) => void): this {
    this.#scheduler.events.add(event, listener, true);
    return this;
  }

  /** Removes a listener that `on` or `once` added. */
  off<E extends keyof PoolEvents>(event: E, listener: (event: PoolEvents[E]) => void): this {
    this.#scheduler.events.remove(event, listener);
    return this;
  }

  /** `terminate()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  #collect(
    fn: AnyFunction,
    items: Items<unknown>,
    spread: boolean,
    options: MapOptions | undefined,
    method: Method,
  ): Promise<unknown[]> {
    const sink = new ArraySink(Array.isArray(items) ? items.length : undefined);
    const unbounded = { bufferSize: Number.POSITIVE_INFINITY };
    const kind = { spread, indexed: true, sink, called: `pool.${method.name}` };
    this.#submit(fn, items, { ...checkCallOptions(options), ...unbounded }, kind, method);
    return sink.promise;
  }

  #once(
    fn: AnyFunction,
    args: readonly unknown[],
    options: TaskOptions | undefined,
    method: Method,
  ): Promise<unknown> {
    const sink = new ArraySink(1);
    const { begins, called = `pool.${method.name}` } =
      (options as InternalOptions | undefined)?.[INTERNAL] ?? {};
    sink.begins = begins;
    this.#submit(
      fn,
      [args],
      checkCallOptions(options),
      { spread: true, indexed: false, sink, called },
      method,
    );
    return sink.promise.then(([result]) => result);
  }

  #stream(
    fn: AnyFunction,
    items: Items<unknown>,
    ordered: boolean,
    options: ImapOptions | undefined,
    method: Method,
  ): StreamSink {
    const sink = new StreamSink(ordered);
    const { spread = false, called = `pool.${method.name}` } =
      (options as InternalOptions | undefined)?.[INTERNAL] ?? {};
    this.#submit(fn, items, checkCallOptions(options), { spread, indexed: true, sink, called }, method);
    return sink;
  }

  #submit(
    fn: AnyFunction,
    items: Items<unknown>,
    options: StreamOptions,
    kind: {
      readonly spread: boolean;
      readonly indexed: boolean;
      readonly sink: Sink;
      /** For messages: `pool.map`. */
      readonly called: string;
    },
    method: Method,
  ): void {
    if (this.#scheduler.isClosed)
      throw new PoolClosedError(`pool ${this.#options.name} is closed and takes no more tasks`);
    const known = typeof fn === 'function' ? knownReference(fn) : undefined;
    if (known === undefined) checkImportable(fn);
    checkItems(items);
    // One task has its arguments as they are at the call, and refuses them there; many are read when there is room for them.
    const encoded = kind.indexed ? undefined : encodeOne(items as readonly unknown[]);
    const caller: { stack?: string } = {};
    Error.captureStackTrace(caller, method);
    const { chunkSize, bufferSize, timeout = this.#options.taskTimeout, priority = 0, signal } = options;
    const make = (reference: FunctionReference) => {
      const number = this.#scheduler.functions.define(reference);
      const call = new Call(
        {
          ...{ spread: kind.spread, indexed: kind.indexed, chunkSize, bufferSize, timeout, priority, caller },
          fn: number,
          mean: this.#scheduler.functions.meanOf(number),
          byValue: !isByName(fn),
          retries: this.#options.retries,
          workers: this.#options.processes,
          encoded,
          checked: this.#scheduler.functions.checks(number, kind.indexed),
          tellLosses: (losses) => {
            if (losses.length > 0) this.#lossy.tell(`${kind.called}(${reference.name})`, losses);
          },
          wake: (woken) => this.#scheduler.wake(woken),
          over: (ended) => {
            ignoreAbort();
            this.#scheduler.over(ended);
          },
        },
        (onInput) => itemSource(items, onInput),
        kind.sink,
      );
      const abort = () => call.fail(aborted(signal));
      const ignoreAbort = onAbort(signal, abort);
      if (kind.sink instanceof StreamSink) {
        kind.sink.onTaken = () => call.taken();
        kind.sink.onLeave = () => call.leave();
      }
      this.#scheduler.add(call);
      if (signal?.aborted === true) abort();
    };
    const { prepared } = this.#scheduler;
    if (known !== undefined && prepared === undefined) make(known);
    else {
      // Calls begin in the order in which they were made, however long the function of the one before is looked for.
      const located = Promise.all([known ?? locate(fn, userFrames(method)), prepared]);
      this.#scheduler.pending(
        located.then(([reference]) => make(reference)),
        sizeOf(items),
        (error) => kind.sink.end({ error, index: -1 }),
      );
    }
  }

  async #locateOwn(callers: readonly StackFrame[]): Promise<WorkerFunctions> {
    const { initializer, finalizer, initArgs = [] } = this.#options;
    return {
      initArgs: await encodeLocating(initArgs, 'initArgs'),
      initializer: initializer === undefined ? undefined : await locate(initializer, callers),
      finalizer: finalizer === undefined ? undefined : await locate(finalizer, callers),
    };
  }
}

/** Number of items, as far as it is known beforehand. */
const sizeOf = (items: Items<unknown>): number =>
  Array.isArray(items) ? items.length : Number.POSITIVE_INFINITY;

/** The only item as a batch; undefined when it holds a function that has to be looked for first. @throws {SerializationError} */
function encodeOne(items: readonly unknown[]): Buffer | undefined {
  const batch = new BatchWriter(1);
  try {
    batch.add(items[0], () => 'args');
  } catch (error) {
    if (!(error instanceof UnknownFunctionError)) throw error;
    return undefined;
  }
  return batch.finish();
}

/** A promise that rejects with what `body` throws at once. */
function rejecting<R>(body: () => Promise<R>): Promise<R> {
  try {
    return body();
  } catch (error) {
    return Promise.reject(error);
  }
}

const aborted = (signal: AbortSignal | undefined): AbortError =>
  new AbortError('the call was aborted', { cause: signal?.reason });
