/**
 * What tells a process that the runtime started from all others. It is kept on `globalThis`, because the child's bootstrap and
 * the user's module may load two copies of the library; never in the environment, because grandchildren inherit that.
 */

export interface ChildState {
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
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
export function becomeChild(name: string, parentName: string): ChildState {
  const state: ChildState = {
    name,
    parentPid: process.ppid,
    parentName,
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
