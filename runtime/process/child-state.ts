/**
 * What tells a process that the runtime started from all others. It is kept on `globalThis`, because the child's bootstrap and
 * the user's module may load two copies of the library; never in the environment, because grandchildren inherit that.
 */

/** What `currentProcess()` and `parentProcess()` tell. */
export interface ProcessInfo {
  /** Name given to the process; 'MainProcess' in the main process. */
  readonly name: string;
  /** Operating-system process id. */
  readonly pid: number;
  /** True when the process is terminated as soon as its parent ends. */
  readonly daemon: boolean;
  /** Operating-system id of the parent process. */
  readonly parentPid: number;
}

/** Who a child is. */
export interface ChildIdentity {
  readonly name: string;
  /** A worker of a pool, or a `Process` with its `target`. */
  readonly kind: 'worker' | 'process';
  readonly daemon: boolean;
  readonly parent: ProcessInfo;
  /** Numbers of its generations, which name its children: 'Process-2:1' is the first that 'Process-2' starts. */
  readonly numbers: readonly number[];
  /** Folder of its family's shared memory; see `family.ts`. */
  readonly family: string;
}

export interface ChildState extends ChildIdentity {
  /** Modules of the user that are being imported: nothing may start processes meanwhile. */
  importing: number;
  /** Tasks, initializers and finalizers that run. */
  running: number;
  /** Signal of the running task; fires when it is asked to stop. */
  taskSignal: () => AbortSignal;
  /** The first refusal of a process that an import started, even if user code swallowed it. */
  refusal: Error | undefined;
}

const key = Symbol.for('manycore.child');
type Holder = { [key]?: ChildState };

/** The state of this child; undefined in the main process. */
export function childState(): ChildState | undefined {
  return (globalThis as Holder)[key];
}

/** Makes this process a child. Called by the bootstrap before any module of the user is imported. */
export function becomeChild(identity: ChildIdentity): ChildState {
  const state: ChildState = {
    ...identity,
    importing: 0,
    running: 0,
    taskSignal: () => neverAborted,
    refusal: undefined,
  };
  Object.defineProperty(globalThis, key, { value: state });
  return state;
}

/** Signal of a process without a task. */
export const neverAborted: AbortSignal = new AbortController().signal;
