/** What `manycore/engine` exports, as types: its code needs more than the runtime, and lies in `src/engine/pool/`. */
import type { Future } from './executor/future.ts';
import type { PoolOptions, WorkerFunction } from './pool/options.ts';
import type { Pool } from './pool/pool.ts';

/**
 * What holds for every call of a pool on an engine. `initializer` runs in every worker of every host before its first task, once for
 * each module whose functions are called; a host where it throws takes no part. `finalizer` runs in workers that end because the
 * pool was closed, shortly after `join()`. `initArgs` travel with the code.
 */
export type EnginePoolOptions = Pick<
  PoolOptions,
  'initializer' | 'initArgs' | 'finalizer' | 'retries' | 'memoryLimit' | 'taskTimeout'
>;

/** A machine that has joined the engine. */
export interface EngineHost {
  /** `NAME/PID`. */
  readonly name: string;
  readonly workers: number;
  /** `process.version` of it. */
  readonly node: string;
  /** Why it takes no part in some runs, if it said so. */
  readonly declines: readonly string[];
}

/**
 * `Pool` with the workers of all hosts of an engine. Tasks are delivered at least once: one whose host was lost is run again on
 * another, and its result counts once. Calls without a host wait for one. Disposing it is `terminate()`.
 */
export interface EnginePool
  extends Pick<
      Pool,
      | 'map'
      | 'starmap'
      | 'apply'
      | 'mapAsync'
      | 'starmapAsync'
      | 'applyAsync'
      | 'imap'
      | 'imapUnordered'
      | 'close'
      | 'join'
      | 'terminate'
    >,
    AsyncDisposable {
  /** `fn(...args)` as a future, as of `ProcessPoolExecutor`: it can be cancelled until its result is there. */
  submit<A extends readonly unknown[], R>(fn: WorkerFunction<A, R>, ...args: A): Future<Awaited<R>>;
  /** The hosts of this moment. */
  hosts(): Promise<readonly EngineHost[]>;
}

/**
 * A pool whose workers are those of the hosts (`manycore worker --engine URL`) that have joined the engine at `url`.
 *
 * ```ts
 * await using pool = await openPool('redis://127.0.0.1:6379');
 * const squares = await pool.map(square, [1, 2, 3]); // square is an export of some module, which is bundled and sent
 * ```
 *
 * Needs the packages `bullmq` and `ioredis`. Rejects with an error of code `ERR_MANYCORE_ENGINE` that says what is missing, and
 * with `ERR_MANYCORE_USAGE` for a URL that is none.
 */
export type OpenPool = (url: string, options?: EnginePoolOptions) => Promise<EnginePool>;
export declare const openPool: OpenPool;
