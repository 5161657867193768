import type { EngineHost, EnginePool, EnginePoolOptions } from '../../../runtime/engine.ts';
import { AbortError, ManycoreError, PoolClosedError } from '../../../runtime/errors.ts';
import { Future } from '../../../runtime/executor/future.ts';
import { onAbort } from '../../../runtime/pool/abort.ts';
import { AsyncResult } from '../../../runtime/pool/async-result.ts';
import {
  type ChunkOptions,
  checkCallOptions,
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
import type { WorkerSetUp } from './call-bundle.ts';
import { EngineCall } from './engine-call.ts';
import { ModuleRun } from './module-run.ts';

type Items<T> = Iterable<T> | AsyncIterable<T>;
type AnyFunction = (...args: never[]) => unknown;
type Method = (...args: never[]) => unknown;

interface Kind {
  readonly spread: boolean;
  readonly indexed: boolean;
  readonly sink: ArraySink | StreamSink;
}

/** The pool of `manycore/engine`. */
export class HostsPool implements EnginePool {
  readonly #engine: Engine;
  readonly #options: EnginePoolOptions;
  readonly #setUp: WorkerSetUp;
  /** By module and time limit. */
  readonly #runs = new Map<string, ModuleRun>();
  readonly #begun = new Set<Promise<void>>();
  #closed = false;
  #terminated = false;
  #ended: Promise<void> | undefined;

  /** `options` are checked. */
  constructor(engine: Engine, options: EnginePoolOptions, setUp: WorkerSetUp) {
    this.#engine = engine;
    this.#setUp = setUp;
    this.#options = options;
  }

  async map<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: MapOptions,
  ): Promise<R[]> {
    return this.#collect(fn, items, false, options, this.map) as Promise<R[]>;
  }

  async starmap<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    tuples: Items<readonly [...A]>,
    options?: MapOptions,
  ): Promise<R[]> {
    return this.#collect(fn, tuples, true, options, this.starmap) as Promise<R[]>;
  }

  async apply<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A] = [] as unknown as readonly [...A],
    options?: TaskOptions,
  ): Promise<R> {
    return this.#once(fn, args, options, this.apply) as Promise<R>;
  }

  mapAsync<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: number | (ChunkOptions & ResultCallbacks<R[]>),
  ): AsyncResult<R[]> {
    const promise = this.#collect(fn, items, false, options, this.mapAsync) as Promise<R[]>;
    return AsyncResult.of(promise, typeof options === 'object' ? options : undefined);
  }

  starmapAsync<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    tuples: Items<readonly [...A]>,
    options?: number | (ChunkOptions & ResultCallbacks<R[]>),
  ): AsyncResult<R[]> {
    const promise = this.#collect(fn, tuples, true, options, this.starmapAsync) as Promise<R[]>;
    return AsyncResult.of(promise, typeof options === 'object' ? options : undefined);
  }

  applyAsync<A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    args: readonly [...A] = [] as unknown as readonly [...A],
    options?: TaskOptions & ResultCallbacks<R>,
  ): AsyncResult<R> {
    return AsyncResult.of(this.#once(fn, args, options, this.applyAsync) as Promise<R>, options);
  }

  submit<A extends readonly unknown[], R>(fn: WorkerFunction<A, R>, ...args: A): Future<Awaited<R>> {
    return Future.of<Awaited<R>>(
      (signal) => this.#once(fn, args, { signal }, this.submit) as Promise<Awaited<R>>,
    );
  }

  imap<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: ImapOptions,
  ): AsyncIterableIterator<R> {
    return this.#stream(fn, items, true, options, this.imap) as AsyncIterableIterator<R>;
  }

  imapUnordered<T, R>(
    fn: WorkerFunction<[item: T], R | PromiseLike<R>>,
    items: Items<T>,
    options?: ImapOptions,
  ): AsyncIterableIterator<R> {
    return this.#stream(fn, items, false, options, this.imapUnordered) as AsyncIterableIterator<R>;
  }

  async hosts(): Promise<readonly EngineHost[]> {
    const reports = await this.#engine.hosts();
    return reports.map(({ host, workers, node, declines }) => ({
      name: host,
      workers,
      node,
      declines: Object.values(declines),
    }));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = this.#end();
  }

  async join(): Promise<void> {
    if (this.#ended === undefined)
      throw new ManycoreError('join() waits for the end of the tasks: call close() or terminate() first');
    await this.#ended;
  }

  async terminate(): Promise<void> {
    this.#terminated = true;
    for (const run of this.#runs.values()) run.terminate(ended());
    this.close();
    await this.#ended;
  }

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
    { chunkSize, bufferSize, signal, priority = 0, timeout = this.#options.taskTimeout }: StreamOptions,
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
      ...{ items, spread, indexed, sink, caller, priority },
      // A stream is read no further than its consumer needs; the whole of an array is wanted anyhow.
      bufferSize: sink instanceof ArraySink ? Number.POSITIVE_INFINITY : bufferSize,
      chunkSize: typeof chunkSize === 'number' ? chunkSize : null,
      wake: () => run.wake(),
      over: (early) => {
        ignoreAbort();
        if (early) run.left();
        else run.wake();
      },
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
      setUp: this.#setUp,
      limits: { timeout: timeout ?? null, retries, memoryLimit },
      // The next call tries anew.
      onFailure: () => this.#runs.delete(key),
    });
    this.#runs.set(key, run);
    return run;
  }
}

const ended = (): PoolClosedError => new PoolClosedError('the pool was terminated with tasks pending');
