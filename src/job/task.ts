/**
 * What runs in the workers: the pool's initializer, the function that stands between the pool and the user's, and the
 * timing of the baseline. Nothing here is loaded in the job host but types.
 */
import { performance } from 'node:perf_hooks';
import { isThenable, prepareCall, preparedCall, type TaskPlan } from './call.ts';
import { describeError } from './error-text.ts';
import { JobError } from './errors.ts';
import { itemKey } from './item-key.ts';
import { packNotRun, packRecord, type TaskItem, unpackItem } from './task-text.ts';
import { valueText } from './value-text.ts';

export { timeEach, timeItems, warmUp } from './timing.ts';

/** What went wrong when the module was prepared: a `JobError` as plain data, or what the user's module threw. */
export type Probe =
  | { readonly ok: true; readonly exportName: string }
  | { readonly ok: false; readonly job: { code: string; message: string; hint?: string | undefined } }
  | { readonly ok: false; readonly thrown: ReturnType<typeof describeError> };

/** Imports the user's module and picks the function. The initializer of every worker. */
export async function prepareTask(plan: TaskPlan): Promise<void> {
  if (plan.profiles !== undefined) await (await import('./cpu-profile.ts')).startProfile(plan.profiles);
  await prepareCall(plan);
}

/** `prepareTask` that tells what went wrong as data, so that the message survives every process boundary. */
export async function probeTask(plan: TaskPlan): Promise<Probe> {
  try {
    return { ok: true, exportName: (await prepareCall(plan)).exportName };
  } catch (error) {
    if (error instanceof JobError) {
      return { ok: false, job: { code: error.code, message: error.message, hint: error.hint } };
    }
    return { ok: false, thrown: describeError(error) };
  }
}

/** Runs one item, unless the run was told to stop. What the user's function throws is an outcome, never a rejection. */
export function runTask(task: TaskItem): string | Promise<string> {
  const { run, stop, functionHash } = preparedCall();
  const begin = performance.now();
  if (stop.isStopped(begin)) return packNotRun(task);
  const { index, item, text } = unpackItem(task);
  const key = itemKey(functionHash, text);
  const called = performance.now();
  const begun: Begun = { index, key, begin: called, encodeMs: called - begin };
  try {
    const value = run(item);
    if (isThenable(value)) {
      return Promise.resolve(value).then(
        (settled) => succeeded(begun, settled),
        (error: unknown) => failed(begun, error),
      );
    }
    return succeeded(begun, value);
  } catch (error) {
    return failed(begun, error);
  }
}

/** Runs items one after the other, as a plain loop would; each outcome as text, `{"ok":...,"value"|"error":...}`. */
export async function runAlone(tasks: readonly TaskItem[]): Promise<readonly string[]> {
  const { run } = preparedCall();
  const outcomes: string[] = [];
  for (const task of tasks) {
    try {
      const value = await run(unpackItem(task).item);
      outcomes.push(`{"ok":true,"value":${valueText(value)}}`);
    } catch (error) {
      outcomes.push(`{"ok":false,"error":${JSON.stringify(describeError(error))}}`);
    }
  }
  return outcomes;
}

interface Begun {
  readonly index: number;
  readonly key: string;
  readonly begin: number;
  readonly encodeMs: number;
}

function succeeded(begun: Begun, value: unknown): string {
  const end = performance.now();
  let text: string;
  try {
    text = valueText(value);
  } catch (error) {
    return failed(begun, new UnwritableValueError(error), end);
  }
  return outcome(begun, true, text, end);
}

function failed(begun: Begun, error: unknown, end = performance.now()): string {
  return outcome(begun, false, JSON.stringify(describeError(error)), end);
}

function outcome({ index, key, begin, encodeMs }: Begun, ok: boolean, text: string, end: number): string {
  return packRecord({
    index,
    ok,
    key,
    text,
    begin: performance.timeOrigin + begin,
    ms: end - begin,
    encodeMs: encodeMs + performance.now() - end,
    pid: process.pid,
  });
}

/** A getter or `toJSON` of the value threw, or the value nests too deeply or is too long for a string. */
class UnwritableValueError extends Error {
  override readonly name = 'UnwritableValueError';
  readonly code = 'ERR_MANYCORE_UNWRITABLE_VALUE';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The value that the function returned cannot be written as JSON: ${reason}`, { cause });
  }
}
