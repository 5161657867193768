/** The value of a message, with the modules that it needs. */
import { ManycoreError } from '../errors.ts';
import { childState } from '../process/child-state.ts';
import { load } from '../values/reference.ts';
import { decodeImporting } from '../values/whole.ts';

/** Rejects with `ManycoreError` when it cannot be decoded here; `cause` says why. */
export async function decodeMessage(body: Buffer): Promise<unknown> {
  try {
    return await decodeImporting(body, importModule);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ManycoreError(`a message was received that cannot be decoded: ${why}`, { cause });
  }
}

/** Imports a module of the user. In a child, modules that are being imported may start no processes. */
export async function importModule(url: string): Promise<void> {
  const state = childState();
  if (state !== undefined) state.importing++;
  try {
    await load(url);
  } finally {
    if (state !== undefined) state.importing--;
  }
  if (state?.refusal !== undefined) throw state.refusal;
}
