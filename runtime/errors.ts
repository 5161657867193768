/** What the runtime itself throws. Every class has a stable `code`; the message says what was received and what to do. */

/** Base of the errors of the runtime. */
export class ManycoreError extends Error {
  readonly code: string = 'ERR_MANYCORE';
  override get name(): string {
    return this.constructor.name;
  }
}

/** A value cannot cross to another process. */
export class SerializationError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_SERIALIZATION';
  /** Where in the value: `items[3].user.onSave`. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path} ${problem}`, options);
    this.path = path;
  }
}

/** A function that no module exports was given as a worker function, or a class that no module exports was registered. */
export class NotImportableError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_NOT_IMPORTABLE';
  /** Name of the function or class; empty when it has none. */
  readonly functionName: string;
  /** File that holds it, if known. */
  readonly file: string | undefined;
  /** Its line in that file, from 1, if known. */
  readonly line: number | undefined;

  constructor(message: string, functionName: string, file?: string, line?: number, options?: ErrorOptions) {
    super(message, options);
    this.functionName = functionName;
    this.file = file;
    this.line = line;
  }
}

/** A module that a child imports starts processes at its top level. */
export class EntryGuardError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_ENTRY_GUARD';
  /** The module, if known. */
  readonly file: string | undefined;
  /** The line that starts them, from 1, if known. */
  readonly line: number | undefined;

  constructor(message: string, file?: string, line?: number) {
    super(message);
    this.file = file;
    this.line = line;
  }
}

/** Time ran out. */
export class TimeoutError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_TIMEOUT';
  /** Index of the item that ran out of time; undefined for a task without one. */
  readonly itemIndex: number | undefined;

  constructor(message: string, itemIndex?: number) {
    super(message);
    this.itemIndex = itemIndex;
  }
}

/** How a worker ended and what it was doing. */
export interface WorkerDeath {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly pid: number;
  readonly lastRss?: number | undefined;
  readonly itemIndex?: number | undefined;
  readonly probablyOutOfMemory?: boolean | undefined;
}

/** A worker ended in the middle of a task. */
export class WorkerDiedError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_WORKER_DIED';
  /** Exit code; null when a signal ended it. */
  readonly exitCode: number | null;
  /** Signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Operating-system process id of the worker. */
  readonly pid: number;
  /** Last resident set size that was sampled, in bytes, if any. */
  readonly lastRss: number | undefined;
  /** Index of the item that it was running; undefined for a task without one. */
  readonly itemIndex: number | undefined;
  /** True when it looks as if memory ran out. */
  readonly probablyOutOfMemory: boolean;

  constructor(message: string, death: WorkerDeath) {
    super(message);
    this.exitCode = death.exitCode;
    this.signal = death.signal;
    this.pid = death.pid;
    this.lastRss = death.lastRss;
    this.itemIndex = death.itemIndex;
    this.probablyOutOfMemory = death.probablyOutOfMemory ?? false;
  }
}

/** No worker of a pool could start: `cause` is what its initializer threw, or why the process did not start. */
export class WorkerStartError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_WORKER_START';
}

/** The pool takes no more tasks, or ended with tasks pending. */
export class PoolClosedError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_POOL_CLOSED';
}

/** A `Process` was used after its `close()`. */
export class ProcessClosedError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_PROCESS_CLOSED';
}

/** The barrier was broken, reset or timed out. */
export class BrokenBarrierError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_BROKEN_BARRIER';
}

/** The last holder of the lock died holding it. Reported once; the lock is free again. */
export class LockAbandonedError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_LOCK_ABANDONED';
  /** Operating-system process id of the holder that died. */
  readonly holderPid: number;

  constructor(message: string, holderPid: number) {
    super(message);
    this.holderPid = holderPid;
  }
}

/** This Node cannot map shared pages; the message says which one can. */
export class SharedMemoryUnavailableError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_SHARED_MEMORY_UNAVAILABLE';
}

/** The other end is gone, or this one was closed: nothing more can be received or sent. */
export class EOFError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_EOF';
}

/** The two sides do not hold the same key. */
export class AuthenticationError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_AUTHENTICATION';
}

/** There was no item. */
export class QueueEmptyError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_QUEUE_EMPTY';
}

/** There was no room for an item. */
export class QueueFullError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_QUEUE_FULL';
}

/** A queue was closed while items of this process were waiting for room: nobody will take them. */
export class UndrainedQueueError extends ManycoreError {
  override readonly code = 'ERR_MANYCORE_UNDRAINED_QUEUE';
}

/** A signal aborted the call. Named as the platform's, so `err.name === 'AbortError'` holds. */
export class AbortError extends ManycoreError {
  override readonly code = 'ABORT_ERR';
  override get name(): 'AbortError' {
    return 'AbortError';
  }
}
