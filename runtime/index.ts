/** The public surface of `manycore`. Times are milliseconds and sizes are bytes throughout. */
export {
  AbortError,
  AuthenticationError,
  BrokenBarrierError,
  EntryGuardError,
  EOFError,
  LockAbandonedError,
  ManycoreError,
  NotImportableError,
  PoolClosedError,
  ProcessClosedError,
  QueueEmptyError,
  QueueFullError,
  SerializationError,
  SharedMemoryUnavailableError,
  TimeoutError,
  UndrainedQueueError,
  WorkerDiedError,
  WorkerStartError,
} from './errors.ts';
export {
  type ExecutorMap,
  type ExecutorMapOptions,
  type ExecutorOptions,
  type Iterables,
  ProcessPoolExecutor,
  type ShutdownOptions,
} from './executor/executor.ts';
export { Future } from './executor/future.ts';
export {
  asCompleted,
  type CompletedFuture,
  type WaitFuturesOptions,
  type WaitOptions,
  type WaitResult,
  wait,
} from './executor/wait.ts';
export { itemIndexOf } from './item-index.ts';
export { Manager, type ManagerOptions } from './manager/manager.ts';
export type { BarrierProxy } from './manager/proxies/barrier.ts';
export type { ConditionProxy } from './manager/proxies/condition.ts';
export type { DictProxy } from './manager/proxies/dict.ts';
export type { EventProxy } from './manager/proxies/event.ts';
export type { ListProxy } from './manager/proxies/list.ts';
export type { LockProxy } from './manager/proxies/lock.ts';
export type { NamespaceProxy } from './manager/proxies/namespace.ts';
export type { ArrayProxy, ValueProxy } from './manager/proxies/numbers.ts';
export type { Constructor, DynamicConstructor, ObjectProxy } from './manager/proxies/object.ts';
export type { JoinableQueueProxy, QueueProxy } from './manager/proxies/queue.ts';
export { SharedMemoryManager } from './manager/shared-memory-manager.ts';
export { RawArray } from './memory/array.ts';
export type { HasLock, SharedOptions } from './memory/has-lock.ts';
export { ShareableList, type ShareableListOptions } from './memory/list.ts';
export type { ShareableItem } from './memory/list-layout.ts';
export { SharedArray } from './memory/locked-array.ts';
export { Value } from './memory/locked-value.ts';
export { SharedMemory, type SharedMemoryOptions } from './memory/shared-memory.ts';
export type {
  BigIntTypeCode,
  ElementOf,
  NumberTypeCode,
  TypeCode,
  TypedArrayOf,
  TypedArrays,
} from './memory/types.ts';
export { RawValue } from './memory/value.ts';
export { AsyncResult } from './pool/async-result.ts';
export type {
  ChunkOptions,
  ImapOptions,
  MapOptions,
  PoolOptions,
  ResultCallbacks,
  StreamOptions,
  TaskOptions,
  WorkerFunction,
  WorkerOptions,
} from './pool/options.ts';
export { Pool } from './pool/pool.ts';
export type { ProcessInfo } from './process/child-state.ts';
export { cpuCount } from './process/cpu-count.ts';
export {
  currentProcess,
  isMainProcess,
  parentProcess,
  runMain,
  taskSignal,
} from './process/main.ts';
export { activeChildren, Process, type ProcessOptions } from './process/process.ts';
export type { Address, AuthKey, ConnectOptions, ListenerOptions } from './queue/address.ts';
export { connect } from './queue/connect.ts';
export { Connection } from './queue/connection.ts';
export { Listener } from './queue/listener.ts';
export { Pipe } from './queue/pipe.ts';
export { JoinableQueue, Queue, SimpleQueue } from './queue/queue.ts';
export { Barrier, type BarrierOptions } from './sync/barrier.ts';
export { Condition } from './sync/condition.ts';
export { Event } from './sync/event.ts';
export {
  type HoldOptions,
  Lock,
  type Lockable,
  type LockHold,
  RLock,
  type SyncLockable,
} from './sync/lock.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
export { type ClassCodec, registerClass } from './values/classes.ts';
export { workerFunction } from './values/reference.ts';
export type {
  LossyEvent,
  OutputEvent,
  PoolEvents,
  PoolStats,
  ProgressEvent,
  SlowTask,
  StatsSums,
  TaskEvent,
  WorkerEndEvent,
  WorkerEvent,
  WorkerEventBase,
  WorkerInfo,
  WorkerSampleEvent,
  WorkerStartEvent,
  WorkerStats,
} from './watch/events.ts';
