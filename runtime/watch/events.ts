/** What a pool tells those who watch it. Times in ms, points in time in ms since the epoch, sizes in bytes. */

/** One worker of a pool. */
export interface WorkerInfo {
  /** Number of the worker in its pool, from 0. A replacement gets a new one. */
  readonly id: number;
  /** Operating-system process id. */
  readonly pid: number;
  /** Name of the process. */
  readonly name: string;
  /** What it does now. */
  readonly state: 'starting' | 'initialising' | 'waiting' | 'working' | 'ending';
  /** Tasks that it has finished. */
  readonly tasks: number;
  /** Last resident set size that was sampled, in bytes, if any. */
  readonly rss: number | undefined;
}

/** Event names of `Pool.on` and what each carries. */
export interface PoolEvents {
  /** A task ended. */
  task: TaskEvent;
  /** A worker wrote a line. While somebody listens, output is not passed on to this process's own. */
  output: OutputEvent;
  /** A worker started, ended or was sampled. */
  worker: WorkerEvent;
  /** The counts of the pool changed; at most 10 a second. */
  progress: ProgressEvent;
  /** A value arrives changed; told once per place. */
  lossy: LossyEvent;
}

/** A task ended. */
export interface TaskEvent {
  /** Number of the worker in its pool. */
  readonly workerId: number;
  /** Operating-system process id of the worker. */
  readonly pid: number;
  /** Index of the item; undefined for a task without one. */
  readonly itemIndex: number | undefined;
  /** True when it succeeded. */
  readonly ok: boolean;
  /** Its error when it failed. */
  readonly error: Error | undefined;
  /** When it began to run. */
  readonly begin: number;
  /** When it ended. */
  readonly end: number;
  /** Time in ms from its submission to `begin`. */
  readonly queueWait: number;
  /** Time in ms to encode arguments and result; the mean over the items that were sent together. */
  readonly encode: number;
  /** Time in ms to decode arguments and result; the mean over the items that were sent together. */
  readonly decode: number;
  /** Bytes of its arguments; the mean over the items that were sent together. */
  readonly bytesIn: number;
  /** Bytes of its result; the mean over the items that were sent together. */
  readonly bytesOut: number;
}

/** One line that a worker wrote. */
export interface OutputEvent {
  /** Number of the worker in its pool. */
  readonly workerId: number;
  /** Operating-system process id of the worker. */
  readonly pid: number;
  /** Index of the item that it was running, if any. */
  readonly itemIndex: number | undefined;
  /** Where it wrote. */
  readonly stream: 'stdout' | 'stderr';
  /** The line without its end. */
  readonly line: string;
}

/** A worker started, ended or was sampled. */
export type WorkerEvent = WorkerStartEvent | WorkerSampleEvent | WorkerEndEvent;

/** What all worker events tell. */
export interface WorkerEventBase {
  /** Number of the worker in its pool. */
  readonly workerId: number;
  /** Operating-system process id of the worker. */
  readonly pid: number;
  /** Point in time, ms since the epoch. */
  readonly time: number;
}

/** A worker is ready for its first task. */
export interface WorkerStartEvent extends WorkerEventBase {
  /** Tells the three kinds apart. */
  readonly type: 'start';
}

/** A sample of what a worker uses. */
export interface WorkerSampleEvent extends WorkerEventBase {
  /** Tells the three kinds apart. */
  readonly type: 'sample';
  /** Resident set size in bytes. */
  readonly rss: number;
  /** Share of one CPU since the last sample, 0 to 1 and more with threads. */
  readonly cpu: number;
}

/** A worker has ended. */
export interface WorkerEndEvent extends WorkerEventBase {
  /** Tells the three kinds apart. */
  readonly type: 'end';
  /** Exit code; null when a signal ended it. */
  readonly exitCode: number | null;
  /** Signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
}

/** The counts of the pool. */
export interface ProgressEvent {
  /** Tasks that have ended, failed ones included. */
  readonly done: number;
  /** Tasks that have failed. */
  readonly failed: number;
  /** Tasks in all; undefined while an input of unknown length is being read. */
  readonly total: number | undefined;
}

/** A value arrives changed without an error, such as an instance of an unregistered class without its methods. */
export interface LossyEvent {
  /** Where in the value: `items[3].user`. */
  readonly path: string;
  /** What is lost, as in the process warning. */
  readonly message: string;
}

/** What `Pool.stats()` returns. */
export interface PoolStats {
  /** One entry for every worker there has been, in the order of their start; the first `MAX_WORKER_STATS` of them. */
  readonly workers: readonly WorkerStats[];
  /** The sums over all workers. */
  readonly total: StatsSums;
}

/** Sums for one worker. */
export interface WorkerStats extends StatsSums {
  /** Number of the worker in its pool. */
  readonly workerId: number;
  /** Operating-system process id of the worker. */
  readonly pid: number;
}

/** Sums of counts, of times in ms and of bytes. */
export interface StatsSums {
  /** Tasks that have ended. */
  readonly tasks: number;
  /** Time in ms from the fork until the worker's modules were loaded. */
  readonly startUp: number;
  /** Time in ms in `initializer`. */
  readonly initialising: number;
  /** Time in ms without a task. */
  readonly waiting: number;
  /** Time in ms in tasks. */
  readonly working: number;
  /** Time in ms for encoding. */
  readonly encoding: number;
  /** Time in ms for decoding. */
  readonly decoding: number;
  /** Time in ms that workers without work waited for a chunk that was on its way. */
  readonly transferring: number;
  /** Bytes that workers received. */
  readonly bytesIn: number;
  /** Bytes that workers sent. */
  readonly bytesOut: number;
  /** The slowest tasks, slowest first; a few. */
  readonly slowest: readonly SlowTask[];
}

/** One of the slowest tasks. */
export interface SlowTask {
  /** Time in ms that it ran. */
  readonly duration: number;
  /** Index of the item; undefined for a task without one. */
  readonly itemIndex: number | undefined;
  /** Its arguments as text, cut to a line. */
  readonly preview: string;
}
