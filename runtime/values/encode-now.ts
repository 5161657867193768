/** A value with functions in it, encoded before the call returns. */
import type { StackFrame } from '../process/stack.ts';
import type { ByteWriter } from '../transport/bytes.ts';
import { encode } from './codec.ts';
import { locateNow } from './locate-now.ts';
import { remember } from './reference.ts';
import { UnknownFunctionError } from './replace.ts';

/**
 * Appends `value`, which messages call `name`. Functions in it are looked for first in the modules that called.
 * @throws {SerializationError} and leaves the writer as it was.
 */
export function encodeNow(
  value: unknown,
  writer: ByteWriter,
  name: string,
  callers: () => readonly StackFrame[],
  undeliverable?: (() => void)[],
): void {
  for (;;)
    try {
      encode(value, writer, () => name, undeliverable);
      return;
    } catch (error) {
      if (!(error instanceof UnknownFunctionError)) throw error;
      remember(error.fn, certain(error, callers()));
    }
}

/** Only an export that is certain may be sent in a value: the other side could not tell which function was meant. */
function certain(refused: UnknownFunctionError, callers: readonly StackFrame[]) {
  try {
    const reference = locateNow(refused.fn, callers);
    if (reference.source === undefined) return reference;
  } catch {
    // What was refused tells the place in the value, which is more.
  }
  throw refused;
}
