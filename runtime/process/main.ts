/** Who is this process, and may it start others? */
import { EntryGuardError } from '../errors.ts';
import { childState, neverAborted, type ProcessInfo } from './child-state.ts';
import { userFrames } from './stack.ts';

/** The entry guard: false in every process that the runtime started, true in all others. */
export const isMainProcess: boolean = childState() === undefined;

/**
 * The guard as one call: runs `main` in the main process and does nothing in a child.
 * A throw or rejection of `main` is printed and ends the process with exit code 1.
 */
export function runMain(main: () => unknown): void {
  if (childState() !== undefined) return;
  new Promise((resolve) => resolve(main())).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

/** Describes the calling process. Works in the main process and in children. */
export function currentProcess(): ProcessInfo {
  const state = childState();
  return {
    name: state?.name ?? 'MainProcess',
    pid: process.pid,
    daemon: state?.daemon ?? false,
    parentPid: state?.parent.pid ?? process.ppid,
  };
}

/** Describes the process that started this one, or null in the main process. */
export function parentProcess(): ProcessInfo | null {
  return childState()?.parent ?? null;
}

/** In a worker: fires when the running task is asked to stop. Outside of a task it never fires. */
export function taskSignal(): AbortSignal {
  return childState()?.taskSignal() ?? neverAborted;
}

/**
 * Refuses to start processes from a module that a child imports: each of them would import it again, without end.
 * @throws {EntryGuardError} with the line that starts them.
 */
export function checkEntryGuard(what: string, below: CallableFunction | NewableFunction): void {
  const state = childState();
  if (state === undefined || (state.importing === 0 && state.running > 0)) return;
  const frame = userFrames(below)[0];
  const place = frame === undefined ? '' : ` (${frame.file}:${frame.line})`;
  const error = new EntryGuardError(
    `${what} runs while a child process imports the module${place}: every child would start children of its own. ` +
      'Put the start behind the entry guard: `if (isMainProcess) { ... }`, `runMain(async () => { ... })`, ' +
      '`if (import.meta.main)` or `if (require.main === module)`.',
    frame?.file,
    frame?.line,
  );
  if (state.refusal === undefined) {
    state.refusal = error;
    // `main()` at top level without `await` rejects where nobody listens; the import reports the refusal instead.
    process.on('unhandledRejection', (reason) => {
      if (!(reason instanceof EntryGuardError)) throw reason;
    });
  }
  throw error;
}
