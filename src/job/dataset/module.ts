import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { DatasetError } from './errors.ts';

export interface ModuleRecords {
  readonly count: number | null;
  records(): Iterable<unknown> | AsyncIterable<unknown>;
}

type Import = (file: string) => Promise<Record<string, unknown>>;
type Items = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * What `module:FILE#EXPORT` gives: an array, an iterable, an async iterable, a promise of one of these, or a function
 * without parameters that gives one. Without an EXPORT it is `default`, or the only export there is.
 *
 * A function is called when the dataset is opened, and once more for every later pass over the items.
 * @throws DatasetError when the file, the export or its items are not there, or the user's code throws.
 */
export async function moduleRecords(
  file: string,
  exportName: string | null,
  importModule?: Import,
): Promise<ModuleRecords> {
  const name = `module:${file}${exportName === null ? '' : `#${exportName}`}`;
  const { value: exported } = await moduleExport(file, exportName, importModule);
  const make = async (): Promise<Items> => {
    const items = typeof exported === 'function' ? await guard(`${name} threw`, () => exported()) : exported;
    if (isItems(items)) return items;
    throw new DatasetError(`${name} gives ${describe(items)}, not items.`, {
      hint: 'Export an array, an iterable, an async iterable, or a function that returns one.',
    });
  };
  const first = await make();
  const tellingOf = (items: Items) =>
    Array.isArray(items) ? items : Symbol.iterator in items ? each(items, name) : eachLater(items, name);
  let passes = 0;
  return {
    count: knownCount(first),
    records() {
      if (passes++ === 0 || (typeof exported !== 'function' && !isOneShot(first))) return tellingOf(first);
      if (typeof exported === 'function') return again(make, name);
      throw new DatasetError(`${name} is an iterator, which gives its items only once.`, {
        hint: 'Export the function that makes it, without calling it.',
      });
    },
  };
}

/** The export, its promise settled but not called, and its name. Throws as `moduleRecords` does. */
export async function moduleExport(
  file: string,
  exportName: string | null,
  importModule?: Import,
): Promise<{ readonly name: string; readonly value: unknown }> {
  await access(file).catch((cause: unknown) => {
    throw new DatasetError(`There is no file ${file}.`, {
      hint: 'Paths are relative to the working directory.',
      cause,
    });
  });
  const namespace = await guard(`${file} cannot be imported`, () => (importModule ?? nativeImport)(file));
  return pick(namespace, exportName, file);
}

async function* again(make: () => Promise<Items>, name: string): AsyncGenerator<unknown, void, void> {
  yield* eachLater(await make(), name);
}

function* each(items: Iterable<unknown>, name: string): Generator<unknown, void, void> {
  try {
    yield* items;
  } catch (cause) {
    throw thrown(`${name} threw`, cause);
  }
}

async function* eachLater(items: Items, name: string): AsyncGenerator<unknown, void, void> {
  try {
    for await (const item of items) yield item;
  } catch (cause) {
    throw thrown(`${name} threw`, cause);
  }
}

async function nativeImport(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}

/** The user's code runs in `call`: what it throws is told as the dataset's failure, with the cause kept. */
async function guard<T>(what: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw thrown(what, cause);
  }
}

function thrown(what: string, cause: unknown): DatasetError {
  return new DatasetError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

async function pick(
  namespace: Record<string, unknown>,
  exportName: string | null,
  file: string,
): Promise<{ readonly name: string; readonly value: unknown }> {
  const names = Object.keys(namespace).filter((key) => key !== 'module.exports');
  const only = 'default' in namespace ? 'default' : names.length === 1 ? names[0] : undefined;
  const wanted = exportName ?? only;
  if (wanted !== undefined && wanted in namespace) return { name: wanted, value: await namespace[wanted] };
  // Properties of a CommonJS module that Node does not recognise as exports are on its default.
  const { default: fallback } = namespace;
  if (wanted !== undefined && typeof fallback === 'object' && fallback !== null && wanted in fallback) {
    return { name: wanted, value: await (fallback as Record<string, unknown>)[wanted] };
  }
  throw new DatasetError(
    wanted === undefined
      ? `${file} has ${names.length} exports; which one has the items?`
      : `${file} has no export ${wanted}.`,
    {
      hint:
        names.length === 0
          ? 'It exports nothing.'
          : `It exports ${names.slice(0, 12).join(', ')}; write module:FILE#EXPORT.`,
    },
  );
}

function isItems(value: unknown): value is Items {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

/** An iterator that is its own iterable, such as a generator. */
function isOneShot(items: Items): boolean {
  return 'next' in items && typeof items.next === 'function';
}

function knownCount(items: Items): number | null {
  if (Array.isArray(items) || ArrayBuffer.isView(items))
    return (items as unknown as ArrayLike<unknown>).length ?? null;
  return items instanceof Set || items instanceof Map ? items.size : null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object')
    return `an object with the keys ${Object.keys(value).slice(0, 6).join(', ') || '(none)'}`;
  return `a ${typeof value} (${String(value).slice(0, 60)})`;
}
