/**
 * What runs in the workers: the pool's initializer, the function that stands between the pool and the user's, and the
 * timing of the baseline. Nothing here is loaded in the job host but types.
 */
import { performance } from 'node:perf_hooks';
import { isThenable, prepareCall, preparedCall, type TaskPlan } from './call.ts';
import { describeError } from './error-text.ts';
import { JobError } from './errors.ts';
import { itemKey } from './item-key.ts';
import { valueText } from './value-text.ts';

export { timeEach, timeItems, warmUp } from './timing.ts';

/** Outcome of one item. A tuple, because it is what crosses for every item. */
export type TaskRecord = readonly [
  index: number,
  ok: boolean,
  /** Journal key of the item. */
  key: string,
  /** JSON text of the value, or of the `ErrorRecord`. */
  text: string,
  /** ms since the epoch, with fractions. */
  begin: number,
  /** ms in the user's function. */
  ms: number,
  /** ms for turning item and value into text. */
  encodeMs: number,
  pid: number,
];

/** What went wrong when the module was prepared: a `JobError` as plain data, or what the user's module threw. */
export type Probe =
  | { readonly ok: true; readonly exportName: string }
  | { readonly ok: false; readonly job: { code: string; message: string; hint?: string | undefined } }
  | { readonly ok: false; readonly thrown: ReturnType<typeof describeError> };

/** Imports the user's module and picks the function. The initializer of every worker. */
export async function prepareTask(plan: TaskPlan): Promise<void> {
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

/** Runs one item. What the user's function throws is a record, never a rejection. */
export function runTask([index, item]: readonly [number, unknown]): TaskRecord | Promise<TaskRecord> {
  const { run, functionHash } = preparedCall();
  const begin = performance.now();
  const key = itemKey(functionHash, valueText(item));
  const called = performance.now();
  const encodeMs = called - begin;
  try {
    const value = run(item);
    if (isThenable(value)) {
      return Promise.resolve(value).then(
        (settled) => succeeded(index, key, settled, called, encodeMs),
        (error: unknown) => failed(index, key, error, called, encodeMs),
      );
    }
    return succeeded(index, key, value, called, encodeMs);
  } catch (error) {
    return failed(index, key, error, called, encodeMs);
  }
}

function succeeded(index: number, key: string, value: unknown, begin: number, encodeMs: number): TaskRecord {
  const end = performance.now();
  let text: string;
  try {
    text = valueText(value);
  } catch (error) {
    return failed(index, key, new UnwritableValueError(error), begin, encodeMs, end);
  }
  const ms = end - begin;
  return [index, true, key, text, toEpoch(begin), ms, encodeMs + performance.now() - end, process.pid];
}

function failed(
  index: number,
  key: string,
  error: unknown,
  begin: number,
  encodeMs: number,
  end = performance.now(),
): TaskRecord {
  const text = JSON.stringify(describeError(error));
  return [
    index,
    false,
    key,
    text,
    toEpoch(begin),
    end - begin,
    encodeMs + performance.now() - end,
    process.pid,
  ];
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

function toEpoch(time: number): number {
  return performance.timeOrigin + time;
}
