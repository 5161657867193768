/** Functions and classes of users, run in the manager. */
import { childState } from '../../process/child-state.ts';
import { importModule } from '../../queue/decode-message.ts';
import { type FunctionReference, resolve } from '../../values/reference.ts';
import type { Call } from '../session.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** What is exported there. Rejects with `NotImportableError`, `EntryGuardError` and what its module throws. */
export async function imported(reference: FunctionReference): Promise<AnyFunction> {
  await importModule(reference.url);
  return resolve(reference) as AnyFunction;
}

/** Runs the function of the next argument, as one step: `change` gets it, and answers. */
export async function update(call: Call, change: (fn: AnyFunction) => Promise<void>): Promise<void> {
  const reference = call.value<FunctionReference>();
  await running(call, reference.url, async () => change(await imported(reference)));
}

/** Code of the user runs: it may start processes. What it throws is the answer; `url` is its module. */
export async function running(call: Call, url: string, body: () => Promise<void>): Promise<void> {
  const state = childState();
  if (state !== undefined) state.running++;
  try {
    await body();
  } catch (error) {
    call.fail(error, url);
  } finally {
    if (state !== undefined) state.running--;
  }
}
