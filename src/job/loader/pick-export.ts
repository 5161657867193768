import { JobError } from '../errors.ts';
import { nearest } from '../nearest.ts';

// biome-ignore lint/complexity/noBannedTypes: any callable that a user's module exports.
type Callable = Function;

/** Most names that an error lists. */
const MAX_NAMES = 20;
/** Names that Node and compilers add to the namespace of a CommonJS module. */
const NOT_EXPORTS = new Set(['module.exports', '__esModule']);

/**
 * The function that `exportName` names in a module's namespace: a named export, `default`, or a property path such as
 * `Namespace.fn`. Of a CommonJS module, what `module.exports` holds counts as exported. Without a name: the default
 * export if it is a function, else the only function that the module exports.
 * @throws {JobError} `ERR_MANYCORE_EXPORT_NOT_FOUND` (with the names there are) or `ERR_MANYCORE_NOT_A_FUNCTION`.
 * @example const { fn } = pickExport(await import('./score.js'), 'score', './score.js');
 */
export function pickExport(
  namespace: Record<string, unknown>,
  exportName: string | null,
  file: string,
): { name: string; fn: Callable } {
  const surface = exportsOf(namespace);
  return exportName === null ? only(surface, file) : named(surface, exportName, file);
}

/** Every export by name; `default` is what an `import` of the source as it was written gives. */
function exportsOf(namespace: Record<string, unknown>): Map<string, unknown> {
  const surface = new Map<string, unknown>();
  const add = (from: object) => {
    for (const [name, value] of Object.entries(from)) {
      if (!NOT_EXPORTS.has(name) && !surface.has(name)) surface.set(name, value);
    }
  };
  const commonjs = namespace['default'];
  const transpiled = isObject(commonjs) && '__esModule' in commonjs;
  if (transpiled) add(commonjs);
  add(namespace);
  // module.exports = fn with properties, or = { fn }: an ES module with a default export looks the same and gains by it.
  if (isObject(commonjs) && !transpiled) add(commonjs);
  return surface;
}

function only(surface: Map<string, unknown>, file: string): { name: string; fn: Callable } {
  const byDefault = surface.get('default');
  if (isPlainFunction(byDefault)) return { name: 'default', fn: byDefault };
  const functions = [...surface].filter((entry): entry is [string, Callable] => isPlainFunction(entry[1]));
  const [first] = functions;
  if (first !== undefined && new Set(functions.map(([, fn]) => fn)).size === 1) {
    return { name: first[0], fn: first[1] };
  }
  if (first === undefined) {
    throw new JobError('ERR_MANYCORE_EXPORT_NOT_FOUND', `${file} exports no function${seen(surface)}.`, {
      hint: 'Write "export" in front of the function that is to run.',
    });
  }
  throw new JobError(
    'ERR_MANYCORE_EXPORT_NOT_FOUND',
    `${file} exports several functions: ${list(functions.map(([name]) => name))}.`,
    { hint: `Name the one that is to run: ${file}#${first[0]}.` },
  );
}

function named(surface: Map<string, unknown>, name: string, file: string): { name: string; fn: Callable } {
  const value = surface.has(name) ? surface.get(name) : walk(surface, name);
  if (isPlainFunction(value)) return { name, fn: value };
  if (typeof value === 'function') {
    throw new JobError(
      'ERR_MANYCORE_NOT_A_FUNCTION',
      `"${name}" of ${file} is a class, which cannot be called for an item.`,
      {
        hint: 'Export a function that makes an instance and calls its method.',
      },
    );
  }
  if (value !== undefined || surface.has(name)) {
    throw new JobError(
      'ERR_MANYCORE_NOT_A_FUNCTION',
      `"${name}" of ${file} is ${describe(value)}, not a function.`,
      { hint: functionsHint(surface, name, file) },
    );
  }
  throw new JobError('ERR_MANYCORE_EXPORT_NOT_FOUND', `${file} has no export "${name}"${seen(surface)}.`, {
    hint: functionsHint(surface, name, file),
  });
}

/** `a.b.c` from export `a` on; undefined where a step is missing. */
function walk(surface: Map<string, unknown>, path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  let value = surface.get(first);
  for (const step of rest) {
    if (!isObject(value)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** `; its exported functions: a, b`, with members of exported objects as paths. */
function seen(surface: Map<string, unknown>): string {
  const names = functionNames(surface);
  if (names.length > 0) return `; the functions it exports: ${list(names)}`;
  return surface.size === 0 ? '' : `; its exports: ${list([...surface.keys()])}`;
}

function functionsHint(surface: Map<string, unknown>, name: string, file: string): string {
  const [similar] = nearest(name, functionNames(surface));
  if (similar !== undefined && similar !== name) return `Did you mean ${file}#${similar}?`;
  return 'Name an exported function, or write "export" in front of the one that is to run.';
}

function functionNames(surface: Map<string, unknown>): string[] {
  return [...surface].flatMap(([name, value]) => {
    if (isPlainFunction(value)) return [name];
    if (!isObject(value) || typeof value === 'function') return [];
    if (name === 'default' || Array.isArray(value)) return [];
    return Object.keys(value)
      .filter((key) => isPlainFunction(Reflect.get(value, key)))
      .map((key) => `${name}.${key}`);
  });
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A function that may be called without `new`. */
function isPlainFunction(value: unknown): value is Callable {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}
