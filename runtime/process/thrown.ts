/** What user code threw, on its way to the parent. */
import { ByteWriter } from '../transport/bytes.ts';
import { encode } from '../values/codec.ts';
import { locate } from '../values/reference.ts';

/** Thrown value, encoded; `url` is the module of the error's class, or ''. Never throws: what cannot be sent is told instead. */
export async function encodeThrown(
  thrown: unknown,
  moduleUrl: string,
): Promise<{ url: string; value: Buffer }> {
  const url = await classUrl(thrown, moduleUrl);
  const writer = new ByteWriter();
  try {
    encode(thrown, writer, () => 'thrown');
  } catch (error) {
    writer.truncate(0);
    encode(error, writer, () => 'error');
  }
  return { url, value: writer.take() };
}

const nodeErrors = new Set<unknown>([Error, DOMException, AggregateError]);

/** Finds the export of the class of an error of the user, so that the parent can give it that class. */
async function classUrl(thrown: unknown, moduleUrl: string): Promise<string> {
  const Class = classOf(thrown);
  if (Class === undefined || nodeErrors.has(Class)) return '';
  try {
    const frame = { url: moduleUrl, file: moduleUrl, line: 0 };
    const reference = await locate(Class, moduleUrl === '' ? [] : [frame]);
    return reference.url;
  } catch {
    nodeErrors.add(Class);
    return ''; // A class that no module exports: its instances arrive as errors of the class that it extends.
  }
}

/** Looking at what was thrown may run user code, which may throw. */
function classOf(thrown: unknown): ((...args: never[]) => unknown) | undefined {
  try {
    const Class: unknown = thrown instanceof Error ? thrown.constructor : undefined;
    return typeof Class === 'function' ? (Class as (...args: never[]) => unknown) : undefined;
  } catch {
    return undefined;
  }
}
