/** The value of a message, with the modules that it needs. */
import { ManycoreError } from '../errors.ts';
import { childState } from '../process/child-state.ts';
import { ByteReader } from '../transport/bytes.ts';
import { decode, TAG } from '../values/codec.ts';
import { load } from '../values/reference.ts';
import { decodeImporting } from '../values/whole.ts';

/**
 * The value, or a promise of it when it may need modules. Throws or rejects with `ManycoreError` when it cannot be decoded here;
 * `cause` says why.
 */
export function valueFrom(body: Buffer): unknown {
  if (body[0] === TAG.other) return decodeMessage(body);
  try {
    return decode(new ByteReader(body));
  } catch (cause) {
    throw broken(cause);
  }
}

export async function decodeMessage(body: Buffer): Promise<unknown> {
  try {
    return await decodeImporting(body, importModule);
  } catch (cause) {
    throw broken(cause);
  }
}

function broken(cause: unknown): ManycoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ManycoreError(`a message was received that cannot be decoded: ${why}`, { cause });
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
