/** Options, checked where they come in. */
import { cpuCount } from '../process/cpu-count.ts';
import type { OutputBatch } from '../watch/output-lines.ts';
import type { OutputStream } from './worker-output.ts';

/** Any function that a module exports, given by value: the child imports that module and finds it again. */
export type WorkerFunction<A extends readonly unknown[] = never[], R = unknown> = (...args: A) => R;

/** What every kind of pool has in common in its options. */
export interface WorkerOptions {
  /** Runs once in every worker before its first task; a throw ends that worker. */
  initializer?: WorkerFunction | undefined;
  /** Arguments of `initializer`. */
  initArgs?: readonly unknown[] | undefined;
  /** Runs once in every worker that ends in good order. Takes no arguments. */
  finalizer?: WorkerFunction | undefined;
  /** A worker is replaced after this many tasks. Default: never. */
  maxTasksPerChild?: number | undefined;
  /** How often a task that lost its worker is run again. Default 0. */
  retries?: number | undefined;
  /**
   * Resident set size in bytes at which a worker is replaced once its chunk is done; at one and a half times of it, it is
   * killed at once and its task fails. Watched where the system tells it (Linux). Default: none.
   */
  memoryLimit?: number | undefined;
  /** Default `timeout` of every task in ms, counted from when it begins to run. Default: none. */
  taskTimeout?: number | undefined;
  /** Environment variables of the workers, on top of those of the parent. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Node options of the workers, instead of those of the parent. */
  execArgv?: readonly string[] | undefined;
  /** Prefix of the workers' names, for messages and events. */
  name?: string | undefined;
}

/** Options of `Pool`. */
export interface PoolOptions extends WorkerOptions {
  /** Number of workers. Default `cpuCount()`. */
  processes?: number | undefined;
}

/** Options of one task. */
export interface TaskOptions {
  /** Limit in ms, counted from when the task begins to run; then it fails with `TimeoutError`. */
  timeout?: number | undefined;
  /** Abort drops what was not sent yet and asks the running task through `taskSignal()`; after a grace period its worker is replaced. */
  signal?: AbortSignal | undefined;
  /** Tasks with a higher number are sent first. Default 0. */
  priority?: number | undefined;
}

/** Options of a call that runs one task for every item. */
export interface ChunkOptions extends TaskOptions {
  /** Items sent to a worker at a time. Default 'auto': adapted while running. */
  chunkSize?: number | 'auto' | undefined;
}

/** Options of a call whose results are taken one by one. */
export interface StreamOptions extends ChunkOptions {
  /** Items that may be under way ahead of what was taken. Default: a few chunks for every worker. */
  bufferSize?: number | undefined;
}

/** Key of what only the library itself and its tool ask of a pool or a call. */
export const INTERNAL = Symbol('internal');

/** What a worker wrote. */
export interface WorkerLines extends OutputBatch {
  readonly workerId: number;
  readonly pid: number;
  readonly stream: OutputStream;
}

export interface InternalPoolOptions extends PoolOptions {
  readonly [INTERNAL]?: {
    /**
     * Gets the output of the workers, beside the listeners of `output`, which get it line by line. It comes some ms late, and many
     * lines at a time. Must not throw.
     */
    readonly onOutput?: (lines: WorkerLines) => void;
  };
}

export interface InternalOptions extends StreamOptions {
  readonly [INTERNAL]: {
    /** Called when the task is handed to a worker. */
    readonly begins?: () => void;
    /** Every item is the list of arguments. */
    readonly spread?: boolean;
    /** What messages say was called: `executor.map`. */
    readonly called?: string;
  };
}

/** Last argument of `map` and `starmap`: a chunk size or options. */
export type MapOptions = number | ChunkOptions;

/** Last argument of `imap` and `imapUnordered`: a chunk size or options. */
export type ImapOptions = number | StreamOptions;

/** Called in the parent when the result of an `...Async` call is there. */
export interface ResultCallbacks<R> {
  /** Gets the result of a call that succeeded. */
  callback?: ((result: R) => void) | undefined;
  /** Gets the error of a call that failed. */
  errorCallback?: ((error: Error) => void) | undefined;
}

export interface CheckedPoolOptions extends InternalPoolOptions {
  readonly processes: number;
  readonly retries: number;
  readonly name: string;
}

let pools = 0;

/** @throws {RangeError} that repeats what was received. */
export function checkPoolOptions(
  first: number | PoolOptions | undefined,
  second: PoolOptions | undefined,
): CheckedPoolOptions {
  const options: PoolOptions =
    typeof first === 'number' ? { ...second, processes: first } : { ...second, ...first };
  atLeast('processes', options.processes, 1);
  atLeast('maxTasksPerChild', options.maxTasksPerChild, 1);
  atLeast('retries', options.retries, 0);
  positive('memoryLimit', options.memoryLimit);
  positive('taskTimeout', options.taskTimeout);
  return {
    ...options,
    processes: options.processes ?? cpuCount(),
    retries: options.retries ?? 0,
    name: options.name ?? `Pool-${++pools}`,
  };
}

/** @throws {RangeError} that repeats what was received. */
export function checkCallOptions(options: ImapOptions | undefined): StreamOptions {
  const checked: StreamOptions = typeof options === 'number' ? { chunkSize: options } : { ...options };
  if (checked.chunkSize !== 'auto') atLeast('chunkSize', checked.chunkSize, 1);
  atLeast('bufferSize', checked.bufferSize, 1);
  positive('timeout', checked.timeout);
  if (checked.priority !== undefined && !Number.isFinite(checked.priority))
    throw new RangeError(`priority must be a finite number, received ${String(checked.priority)}`);
  return checked;
}

function atLeast(name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new RangeError(
    `${name} must be an integer of at least ${least}, received ${String(value)} (${typeof value})`,
  );
}

function positive(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value > 0)) return;
  throw new RangeError(`${name} must be a number above 0, received ${String(value)} (${typeof value})`);
}
