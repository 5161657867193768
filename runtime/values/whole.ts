/** One value by itself, with whatever has to be located or imported for it. */
import { SerializationError } from '../errors.ts';
import { ByteReader, ByteWriter } from '../transport/bytes.ts';
import { decode, encode, ModuleNeededError } from './codec.ts';
import { isPlain } from './inspect.ts';
import { locateCertain } from './locate-certain.ts';
import { replace, UnknownFunctionError } from './replace.ts';

/** Functions to locate, or modules to import, for one value. */
const MAX_STEPS = 100;

/**
 * Refuses at once what cannot cross. Whether some module exports a function of the value is not known at once, and what
 * user code throws while it is read comes when it is sent.
 * @throws {SerializationError} naming the place.
 */
export function checkCrosses(value: unknown, name: string): void {
  try {
    if (!isPlain(value)) replace(value, name);
  } catch (error) {
    if (error instanceof SerializationError && !(error instanceof UnknownFunctionError)) throw error;
  }
}

/** The value as bytes for `decodeImporting`. Rejects with `SerializationError`. */
export async function encodeLocating(value: unknown, name: string): Promise<Buffer> {
  for (let step = 0; ; step++) {
    const writer = new ByteWriter();
    try {
      encode(value, writer, () => name);
      return writer.take();
    } catch (error) {
      if (!(error instanceof UnknownFunctionError) || step >= MAX_STEPS) throw error;
      await locateCertain(error.fn).catch(() => Promise.reject(error));
    }
  }
}

/** The value of such bytes; `load` imports a module. */
export async function decodeImporting(bytes: Buffer, load: (url: string) => Promise<void>): Promise<unknown> {
  for (let step = 0; ; step++) {
    try {
      return decode(new ByteReader(bytes));
    } catch (error) {
      if (!(error instanceof ModuleNeededError) || step >= MAX_STEPS) throw error;
      await load(error.url);
    }
  }
}
