/** Where a function inside a value is exported: it is sent by that name alone, so only what is certain will do. */
import { locateNow } from './locate-now.ts';
import { locate, notImportable, remember } from './reference.ts';

/**
 * Finds the export of `fn` and notes it for the codec. Of a module that is still being evaluated, its text tells the exports.
 * @throws {NotImportableError} when no module exports it, as far as can be known.
 */
export async function locateCertain(fn: (...args: never[]) => unknown): Promise<void> {
  const found = await locate(fn, []);
  if (found.source === undefined) return;
  const told = locateNow(fn, []);
  if (told.source !== undefined) throw notImportable(fn.name, told.url, told.line);
  remember(fn, told);
}
