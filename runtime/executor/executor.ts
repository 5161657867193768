import { PoolClosedError } from '../errors.ts';
import { INTERNAL, type InternalOptions, type WorkerFunction, type WorkerOptions } from '../pool/options.ts';
import { Pool } from '../pool/pool.ts';
import { Future } from './future.ts';
import { withDeadline, zip } from './map.ts';

/** Options of `ProcessPoolExecutor`. */
export interface ExecutorOptions extends WorkerOptions {
  /** Number of workers. Default `cpuCount()`. */
  maxWorkers?: number | undefined;
}

/** Options of `executor.map`. */
export interface ExecutorMapOptions {
  /** Limit in ms for each result, counted from the call of `map`; then the iterator throws `TimeoutError`. */
  timeout?: number | undefined;
  /** Abort makes the iterator throw `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Items sent to a worker at a time. Default 'auto'. */
  chunkSize?: number | 'auto' | undefined;
  /** Items that may be under way ahead of what was taken. Default: a few chunks for every worker. */
  bufferSize?: number | undefined;
}

/** One iterable for every argument in the list `A`. */
export type Iterables<A extends readonly unknown[]> = {
  readonly [K in keyof A]: Iterable<A[K]> | AsyncIterable<A[K]>;
};

/** `executor.map` and what `executor.map.with(options)` returns. */
export interface ExecutorMap {
  /** Calls `fn` with one item of every iterable at a time, until the shortest ends. Results in input order; throws at a failed item. */
  <A extends readonly unknown[], R>(
    fn: WorkerFunction<A, R | PromiseLike<R>>,
    ...iterables: Iterables<A>
  ): AsyncIterableIterator<R>;

  /** The same function with these options: `executor.map.with({ chunkSize: 50 })(fn, items)`. */
  with(options: ExecutorMapOptions): ExecutorMap;
}

/** Options of `ProcessPoolExecutor.shutdown`. */
export interface ShutdownOptions {
  /** Default true. With false the promise resolves at once and the tasks go on. */
  wait?: boolean | undefined;
  /** Default false. With true the futures that have not begun are cancelled, and iterators of `map` end with `AbortError`. */
  cancelFutures?: boolean | undefined;
}

/** A pool behind futures, as in `concurrent.futures`. Disposing it is `shutdown()`. */
export class ProcessPoolExecutor implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #pending = new Set<Future<unknown>>();
  /** Ends what `map` has not given yet. */
  readonly #maps = new AbortController();
  #closed = false;

  /** Maps over one or more iterables; options through `map.with({ timeout, chunkSize, bufferSize })`. */
  readonly map: ExecutorMap = this.#mapWith({});

  /** Throws `EntryGuardError` in a module that a worker imports, and RangeError for a count below 1. */
  constructor(maxWorkersOrOptions: number | ExecutorOptions = {}) {
    const { maxWorkers: processes, ...options } =
      typeof maxWorkersOrOptions === 'number' ? { maxWorkers: maxWorkersOrOptions } : maxWorkersOrOptions;
    this.#pool = new Pool({ ...options, processes });
  }

  /**
   * Runs `fn(...args)` in a worker. Throws `PoolClosedError` after `shutdown()`, `SerializationError`, and `NotImportableError`
   * for a bound function or one of the engine; whether a module exports another one is looked up later, and the future tells.
   */
  submit<A extends readonly unknown[], R>(fn: WorkerFunction<A, R>, ...args: A): Future<Awaited<R>> {
    if (this.#closed) throw closed();
    const future = Future.of<Awaited<R>>((signal, begins) => {
      const options: InternalOptions = { signal, [INTERNAL]: { begins, called: 'executor.submit' } };
      return this.#pool.applyAsync(fn as WorkerFunction<readonly unknown[], Awaited<R>>, args, options);
    });
    this.#pending.add(future as Future<unknown>);
    future.addDoneCallback(() => this.#pending.delete(future as Future<unknown>));
    return future;
  }

  /** Takes no more tasks. Resolves when all are done and the workers have ended, at once with `wait: false`. */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#closed = true;
    this.#pool.close();
    if (cancelFutures) {
      for (const future of this.#pending) future.cancel();
      this.#maps.abort(new Error('the executor was shut down with cancelFutures'));
    }
    if (wait) await this.#pool.join();
  }

  /** `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #mapWith(options: ExecutorMapOptions): ExecutorMap {
    const map = (fn: WorkerFunction, ...iterables: (Iterable<unknown> | AsyncIterable<unknown>)[]) => {
      if (this.#closed) throw closed();
      const { timeout, signal, ...rest } = options;
      const own = this.#maps.signal;
      const inner: InternalOptions = {
        ...rest,
        signal: signal === undefined ? own : AbortSignal.any([signal, own]),
        [INTERNAL]: { spread: true, called: 'executor.map' },
      };
      const results = this.#pool.imap(fn as WorkerFunction<[unknown]>, zip(iterables), inner);
      return withDeadline(results, timeout);
    };
    const more = (added: ExecutorMapOptions) => this.#mapWith({ ...options, ...added });
    return Object.assign(map, { with: more }) as ExecutorMap;
  }
}

const closed = (): PoolClosedError =>
  new PoolClosedError('the executor was shut down and takes no more tasks');
