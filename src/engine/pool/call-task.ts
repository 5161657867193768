/** What runs in the workers of a host for the calls of a pool on an engine. */
import { performance } from 'node:perf_hooks';
import { isThenable } from '../../job/call.ts';
import { packRecord, type TaskItem } from '../../job/task-text.ts';
import type { CallBundle } from './call-bundle.ts';
import { textToValue, unpackCall, valueToText } from './call-text.ts';

let bundle: CallBundle = { module: {} };
const functions = new Map<string, (...args: unknown[]) => unknown>();

/** Imports the bundle at `url` and sets the worker up. The initializer of every worker. */
export async function prepareCalls(url: string): Promise<void> {
  bundle = (await import(url)) as CallBundle;
  const { initializer, initArgs } = bundle;
  if (initializer !== undefined) await initializer(...(textToValue(initArgs ?? '') as readonly unknown[]));
}

/** The finalizer of every worker. */
export async function finishCalls(): Promise<void> {
  await bundle.finalizer?.();
}

/** A worker that takes it is set up. */
export function probeCalls(): void {}

/** Makes one call. What the function throws is an outcome, never a rejection. */
export function runCall(task: TaskItem): string | Promise<string> {
  const [index, packed] = task as readonly [index: number, packed: string];
  const begin = performance.now();
  const outcome = (ok: boolean, value: unknown): string => recordOf(index, begin, ok, value);
  try {
    const { name, spread, value } = unpackCall(packed);
    const argument = textToValue(value);
    const result = functionOf(name)(...(spread ? (argument as readonly unknown[]) : [argument]));
    if (!isThenable(result)) return outcome(true, result);
    return Promise.resolve(result).then(
      (settled) => outcome(true, settled),
      (error: unknown) => outcome(false, error),
    );
  } catch (error) {
    return outcome(false, error);
  }
}

function recordOf(index: number, begin: number, ok: boolean, value: unknown): string {
  const end = performance.now();
  let text: string;
  try {
    text = valueToText(value, () => (ok ? 'result' : 'error'));
  } catch (error) {
    if (!ok) throw error;
    return recordOf(index, begin, false, error);
  }
  return packRecord({
    ...{ index, ok, key: '', text, pid: process.pid },
    begin: performance.timeOrigin + begin,
    ms: end - begin,
    encodeMs: performance.now() - end,
  });
}

function functionOf(name: string): (...args: unknown[]) => unknown {
  const known = functions.get(name);
  if (known !== undefined) return known;
  let at: unknown = bundle.module;
  for (const part of name.split('.')) at = (at as Record<string, unknown> | null | undefined)?.[part];
  if (typeof at !== 'function') throw new Error(`The bundle exports no function ${name}`);
  functions.set(name, at as (...args: unknown[]) => unknown);
  return at as (...args: unknown[]) => unknown;
}
