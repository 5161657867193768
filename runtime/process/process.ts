import { ManycoreError, ProcessClosedError } from '../errors.ts';
import type { WorkerFunction } from '../pool/options.ts';
import { ByteWriter } from '../transport/bytes.ts';
import { encode } from '../values/codec.ts';
import { encodeNow } from '../values/encode-now.ts';
import { locateNow } from '../values/locate-now.ts';
import { childState } from './child-state.ts';
import { familyFolder } from './family.ts';
import { checkEntryGuard, currentProcess } from './main.ts';
import { ProcessHandle } from './process-handle.ts';
import { childEnded, childStarted, livingChildren, nextNumber } from './process-list.ts';
import { giveState, type ProcessState, STATE } from './process-state.ts';
import type { RunMessage } from './protocol.ts';
import { type StackFrame, userFrames } from './stack.ts';

/** Options of `Process`; `A` is the argument list of `target`. */
export interface ProcessOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** Function that the child runs. Without it the child runs the `run()` of the subclass. */
  target?: WorkerFunction<A> | undefined;
  /** Arguments of `target`; encoded at `start()`. */
  args?: readonly [...A] | undefined;
  /** Default 'Process-1', 'Process-2', ...; those that 'Process-2' starts are 'Process-2:1', 'Process-2:2', ... */
  name?: string | undefined;
  /** Default false. A daemon is terminated when its parent ends; a non-daemon is waited for. */
  daemon?: boolean | undefined;
  /** Environment variables of the child, on top of those of the parent. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Node options of the child, instead of those of the parent. */
  execArgv?: readonly string[] | undefined;
}

/**
 * One child process. Disposing it terminates it if it is alive, then joins it.
 *
 * ```ts
 * const child = new Process({ target: resize, args: ['in.png', 640] }); // resize is an export of some module
 * child.start();
 * await child.join();
 * console.log(child.exitCode); // 0; 1 after an error, which the child prints; -9 when SIGKILL ended it
 * ```
 *
 * The child ends when its target has returned, and its promise is settled. It writes where its parent writes and has no input.
 * A parent that has nothing left to do ends its daemons and waits for the others; `process.exit()` and a crash of the parent
 * kill all of them at once.
 */
export class Process<A extends readonly unknown[] = readonly unknown[]> implements AsyncDisposable {
  /** @internal */
  declare readonly [STATE]: ProcessState;

  /** Only describes the process; nothing is started or checked before `start()`. */
  constructor(options: ProcessOptions<A> = {}) {
    const { target, args = [], daemon = false, env, execArgv } = options;
    const numbers = [...(childState()?.numbers ?? []), nextNumber()];
    const name = options.name ?? `Process-${numbers.join(':')}`;
    const about = { name, daemon, target, args, env, execArgv, numbers };
    giveState(this, { ...about, phase: 'new', handle: undefined });
  }

  /**
   * What the child does: calls `target` with `args`. Override it in an exported subclass; own fields travel to the child, where
   * the instance is made without running its constructor. Fields named with `#` stay behind.
   */
  run(): unknown {
    const { target, args } = this[STATE];
    return target?.(...(args as never[]));
  }

  /**
   * Starts the child, once. Throws at the call: `SerializationError`, `NotImportableError`, `ProcessClosedError`,
   * and `EntryGuardError` in a child that is still importing its modules. `ManycoreError` in a daemon, which may not have
   * children of its own, and when the system starts no more processes.
   *
   * Is the function's module still at its top level, its exports cannot be read in full yet: where the text of the module leaves
   * open whether it exports the function, the child finds out; it prints the `NotImportableError` and ends with code 1.
   */
  start(): void {
    const state = this[STATE];
    checkOpen(state);
    checkEntryGuard('Process.start()', Process.prototype.start);
    if (state.phase !== 'new')
      throw new ManycoreError(`${state.name} was started before; make a new Process`);
    const parent = childState();
    if (parent?.kind === 'process' && parent.daemon)
      throw new ManycoreError(
        `${parent.name} is a daemon, which is ended with its parent, and may not start ${state.name}: ` +
          'start it without `daemon: true`.',
      );
    const { env, execArgv, daemon } = state;
    const undeliverable: (() => void)[] = [];
    const first = runMessage(this, state, userFrames(Process.prototype.start), undeliverable);
    // What it was given and never came to take is lost with it.
    const lost = () => {
      for (const one of undeliverable) one();
    };
    state.handle = ProcessHandle.start({ env, execArgv }, daemon, first, () => {
      childEnded(this);
      lost();
    });
    if (state.handle === undefined) {
      lost();
      throw new ManycoreError(`the system could not start ${state.name}`);
    }
    state.phase = 'started';
    childStarted(this);
  }

  /** Waits for the end, at most `timeout` ms. True once ended, false when the time ran out. Rejects with `ProcessClosedError`. */
  async join(timeout = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (typeof timeout !== 'number' || Number.isNaN(timeout))
      throw new RangeError(`timeout must be a number of ms, received ${String(timeout)} (${typeof timeout})`);
    return started(this[STATE], 'join').join(timeout);
  }

  /** Sends SIGTERM (Windows: TerminateProcess). Throws `ProcessClosedError` after `close()`. */
  terminate(): void {
    started(this[STATE], 'terminate').signal('SIGTERM');
  }

  /** Sends SIGKILL (Windows: TerminateProcess). Throws `ProcessClosedError` after `close()`. */
  kill(): void {
    started(this[STATE], 'kill').signal('SIGKILL');
  }

  /** Frees what belongs to the process. Throws `ManycoreError` while it is alive; later use throws `ProcessClosedError`. */
  close(): void {
    const state = this[STATE];
    if (state.phase === 'self' || state.handle?.isAlive === true)
      throw new ManycoreError(`${state.name} is still running: join() or terminate() it before close()`);
    state.handle = undefined;
    state.phase = 'closed';
  }

  /** True from `start()` until the child has ended. Throws `ProcessClosedError` after `close()`. */
  isAlive(): boolean {
    const state = this[STATE];
    checkOpen(state);
    return state.phase === 'self' || state.handle?.isAlive === true;
  }

  /** Operating-system process id; undefined before `start()`. Throws `ProcessClosedError` after `close()`. */
  get pid(): number | undefined {
    const state = this[STATE];
    checkOpen(state);
    return state.phase === 'self' ? process.pid : state.handle?.pid;
  }

  /** Name given or generated ('Process-1', ...). */
  get name(): string {
    return this[STATE].name;
  }

  /** True when the child is terminated as soon as its parent ends. */
  get daemon(): boolean {
    return this[STATE].daemon;
  }

  /** Null before the start and while alive; -N when signal N ended it. Throws `ProcessClosedError` after `close()`. */
  get exitCode(): number | null {
    const state = this[STATE];
    checkOpen(state);
    return state.handle?.exitCode ?? null;
  }

  /** `terminate()` if alive, then `join()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { handle } = this[STATE];
    handle?.signal('SIGTERM');
    await handle?.join(Number.POSITIVE_INFINITY);
  }
}

/** The living children that this process started. Ended ones are joined on the way, as in Python. */
export function activeChildren(): Process[] {
  return livingChildren() as unknown as Process[];
}

function checkOpen({ phase, name }: ProcessState): void {
  if (phase === 'closed') throw new ProcessClosedError(`${name} was closed`);
}

function started(state: ProcessState, method: string): ProcessHandle {
  checkOpen(state);
  if (state.handle !== undefined) return state.handle;
  throw new ManycoreError(
    state.phase === 'self'
      ? `${method}() of ${state.name} is called by ${state.name} itself: only its parent can`
      : `${state.name} was not started: call start() before ${method}()`,
  );
}

function runMessage(
  instance: object,
  state: ProcessState,
  callers: readonly StackFrame[],
  undeliverable: (() => void)[],
): Buffer {
  const { name, daemon, target, args, numbers } = state;
  const Class = instance.constructor as WorkerFunction;
  const message: RunMessage = {
    ...{ name, daemon, numbers, parent: currentProcess(), family: familyFolder() },
    subclass: instance.constructor === Process ? undefined : locateNow(Class, callers),
    target: target === undefined ? undefined : locateNow(target, callers),
  };
  const frame = new ByteWriter();
  encode(message, frame, () => 'process');
  encodeNow(args, frame, 'args', () => callers, undeliverable);
  encodeNow({ ...instance }, frame, name, () => callers, undeliverable);
  return frame.take();
}
