import { AbortError, ManycoreError, PoolClosedError } from '../../../runtime/errors.ts';
import { Future } from '../../../runtime/executor/future.ts';
import { onAbort } from '../../../runtime/pool/abort.ts';
import { AsyncResult } from '../../../runtime/pool/async-result.ts';
import {
  type ChunkOptions,
  checkCallOptions,
  checkPoolOptions,
  type ImapOptions,
  type MapOptions,
  type ResultCallbacks,
  type StreamOptions,
  type TaskOptions,
  type WorkerFunction,
} from '../../../runtime/pool/options.ts';
import { ArraySink, StreamSink } from '../../../runtime/pool/sinks.ts';
import { checkItems } from '../../../runtime/pool/source.ts';
import { userFrames } from '../../../runtime/process/stack.ts';
import { checkImportable, type FunctionReference, locate } from '../../../runtime/values/reference.ts';
import type { Engine } from '../engine.ts';
import { EngineCall } from './engine-call.ts';
import { ModuleRun } from './module-run.ts';

/** What holds for every call of a pool on an engine. */
export interface EnginePoolOptions {
  /** How often a task that lost its worker is run again. Default 0. */
  retries?: number | undefined;
  /** Resident set size in bytes at which a worker is ended and replaced. Default: none. */
  memoryLimit?: number | undefined;
  /** Default `timeout` of every task in ms, counted from when it begins to run. Default: none. */
  taskTimeout?: number | undefined;
}

/** A machine that has joined the engine. */
export interface EngineHost {
  /** `NAME/PID`. */
  readonly name: string;
  readonly workers: number;
  readonly node: string;
  /** Why it takes no part in calls of this pool, if it said so. */
  readonly declines: readonly string[];
}

type Items<T> = Iterable<T> | AsyncIterable<T>;
type AnyFunction = (...args: never[]) => unknown;
type Method = (...args: never[]) => unknown;

interface Kind {
  readonly spread: boolean;
  readonly indexed: boolean;
  readonly sink: ArraySink | StreamSink;
}

/**
 * `Pool` with the workers of all hosts of an engine. Tasks are delivered at least once: one whose host was lost is run again on
 * another, and its result counts once. Calls without a host wait for one. Disposing it is `terminate()`.
 */
export class EnginePool implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #options: EnginePoolOptions;
  /** By module and time limit. */
  readonly #runs = new Map<string, ModuleRun>();
  readonly #begun = new Set<Promise<void>>();
  #closed = false;
  #terminated = false;
  #ended: Promise<void> | undefined;

  /** @internal */
  constructor(engine: Engine, options: EnginePoolOptions) {
    checkPoolOptions(undefined, options);
    this.#engine = engine;
    this.#options = options;
  }

  /**
   * Runs `fn` on every item and keeps the input order. Waits for every task, then rejects with the error of the lowest index;
   * `PoolClosedError` after `close()`.
   */
  async map<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: MapOptions,
  ): Promise<R[]> {
    return this.#collect(fn, items, false, options, this.map) as Promise<R[]>;
  }

  /** Like `map`, with every tuple spread into the arguments of `fn`. */
  async starmap<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    tuples: Items<readonly [...A]>,
    options?: MapOptions,
  ): Promise<R[]> {
    return this.#collect(fn, tuples, true, options, this.starmap) as Promise<R[]>;
  }

  /** Runs `fn` once. Rejects with what `fn` threw, `TimeoutError`, `WorkerDiedError` or `AbortError`. */
  async apply<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A] = [] as unknown as readonly [...A],
    options?: TaskOptions,
  ): Promise<R> {
    return this.#once(fn, args, options, this.apply) as Promise<R>;
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

  /** `apply` whose result is asked for later. Throws at the call what `apply` would reject with before its task. */
  applyAsync<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A] = [] as unknown as readonly [...A],
    options?: TaskOptions & ResultCallbacks<R>,
  ): AsyncResult<R> {
    return AsyncResult.of(this.#once(fn, args, options, this.applyAsync) as Promise<R>, options);
  }

  /** `fn(...args)` as a future, as of `ProcessPoolExecutor`: it can be cancelled until its result is there. */
  submit<A extends readonly unknown[], R>(fn: WorkerFunction<A, R>, ...args: A): Future<Awaited<R>> {
    return Future.of<Awaited<R>>(
      (signal) => this.#once(fn, args, { signal }, this.submit) as Promise<Awaited<R>>,
    );
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

  /** The hosts of this moment. */
  async hosts(): Promise<readonly EngineHost[]> {
    const reports = await this.#engine.hosts();
    return reports.map(({ host, workers, node, declines }) => ({
      name: host,
      workers,
      node,
      declines: Object.values(declines),
    }));
  }

  /** Takes no more tasks; what was submitted is still done. Later submissions fail with `PoolClosedError`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = this.#end();
  }

  /** Waits until every task has ended and the engine is left. Rejects with `ManycoreError` before `close()` or `terminate()`. */
  async join(): Promise<void> {
    if (this.#ended === undefined)
      throw new ManycoreError('join() waits for the end of the tasks: call close() or terminate() first');
    await this.#ended;
  }

  /** Gives the tasks up: pending ones fail with `PoolClosedError`, and the hosts stop them. */
  async terminate(): Promise<void> {
    this.#terminated = true;
    for (const run of this.#runs.values()) run.terminate(ended());
    this.close();
    await this.#ended;
  }

  /** `terminate()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  async #end(): Promise<void> {
    await Promise.all(this.#begun);
    for (const run of this.#runs.values()) run.close();
    await Promise.all([...this.#runs.values()].map((run) => run.ended));
    await this.#engine[Symbol.asyncDispose]();
  }

  #collect(
    fn: AnyFunction,
    items: Items<unknown>,
    spread: boolean,
    options: MapOptions | undefined,
    method: Method,
  ): Promise<unknown[]> {
    const sink = new ArraySink(Array.isArray(items) ? items.length : undefined);
    this.#submit(fn, items, checkCallOptions(options), { spread, indexed: true, sink }, method);
    return sink.promise;
  }

  #once(
    fn: AnyFunction,
    args: readonly unknown[],
    options: TaskOptions | undefined,
    method: Method,
  ): Promise<unknown> {
    const sink = new ArraySink(1);
    this.#submit(fn, [args], checkCallOptions(options), { spread: true, indexed: false, sink }, method);
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
    this.#submit(fn, items, checkCallOptions(options), { spread: false, indexed: true, sink }, method);
    return sink;
  }

  #submit(fn: AnyFunction, items: Items<unknown>, options: StreamOptions, kind: Kind, method: Method): void {
    if (this.#closed) throw new PoolClosedError('the pool is closed and takes no more tasks');
    checkImportable(fn);
    checkItems(items);
    const caller: { stack?: string } = {};
    Error.captureStackTrace(caller, method);
    const begun = locate(fn, userFrames(method)).then(
      (reference) => this.#begin(reference, items, options, kind, caller),
      (error: unknown) => kind.sink.end({ error, index: -1 }),
    );
    this.#begun.add(begun);
    void begun.finally(() => this.#begun.delete(begun));
  }

  #begin(
    reference: FunctionReference,
    items: Items<unknown>,
    { chunkSize, bufferSize, signal, timeout = this.#options.taskTimeout }: StreamOptions,
    { spread, indexed, sink }: Kind,
    caller: { readonly stack?: string },
  ): void {
    if (this.#terminated) {
      sink.end({ error: ended(), index: -1 });
      return;
    }
    const run = this.#runOf(reference, timeout);
    let ignoreAbort = (): void => {};
    const call = new EngineCall(reference, {
      ...{ items, spread, indexed, sink, caller },
      // A stream is read no further than its consumer needs; the whole of an array is wanted anyhow.
      bufferSize: sink instanceof ArraySink ? Number.POSITIVE_INFINITY : bufferSize,
      chunkSize: typeof chunkSize === 'number' ? chunkSize : null,
      wake: () => run.wake(),
      over: () => ignoreAbort(),
    });
    const abort = () => call.fail(new AbortError('the call was aborted', { cause: signal?.reason }));
    ignoreAbort = onAbort(signal, abort);
    run.add(call);
    if (signal?.aborted === true) abort();
  }

  /** One run of the engine for a module, as long as the pool lives: its hosts have the module loaded. */
  #runOf({ url }: FunctionReference, timeout: number | undefined): ModuleRun {
    const key = `${url} ${timeout ?? ''}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const { retries = 0, memoryLimit = null } = this.#options;
    const run = new ModuleRun({
      engine: this.#engine,
      url,
      limits: { timeout: timeout ?? null, retries, memoryLimit },
      // The next call tries anew.
      onFailure: () => this.#runs.delete(key),
    });
    this.#runs.set(key, run);
    return run;
  }
}

const ended = (): PoolClosedError => new PoolClosedError('the pool was terminated with tasks pending');
