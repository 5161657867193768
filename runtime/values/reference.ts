/** Functions and classes by reference: which module exports this one, and the way back. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NotImportableError } from '../errors.ts';
import { moduleUrl, type StackFrame } from '../process/stack.ts';
import { functionLocation } from './function-location.ts';

/** Where another process finds a function. */
export interface FunctionReference {
  /** `file:` URL of the module. */
  readonly url: string;
  /** Export, or a path of properties: `square`, `default`, `Geometry.area`. */
  readonly name: string;
  /** Text of the function where the export could not be looked up here; the other side compares. */
  readonly source?: string | undefined;
  /** For messages. */
  readonly line?: number | undefined;
}

/** The one cache of all CommonJS modules of this process. */
const requireCache = createRequire(import.meta.url).cache;

type AnyFunction = (...args: never[]) => unknown;

const known = new WeakMap<object, FunctionReference>();
/** References with a `source`: of functions whose module was still being evaluated when they were looked for. */
const presumed = new WeakMap<object, FunctionReference>();
const brand = Symbol.for('manycore.workerFunction');

/**
 * A worker function by name: `workerFunction<typeof square>(new URL('./tasks.ts', import.meta.url), 'square')`. Nothing is
 * loaded in the parent; the result is for the runtime only and throws `NotImportableError` when called here.
 */
export function workerFunction<F extends AnyFunction = (...args: unknown[]) => unknown>(
  module: URL,
  exportName: string,
): F {
  const refuse = (): never => {
    throw new NotImportableError(
      `${exportName} of ${module.href} is a worker function by name: pass it to a pool, or import the module to call it here.`,
      exportName,
      module.href,
    );
  };
  Object.defineProperty(refuse, brand, { value: { url: module.href, name: exportName } });
  return refuse as unknown as F;
}

/** The reference of a function that was located before, is branded or is a CommonJS export; undefined otherwise. */
export function knownReference(fn: object): FunctionReference | undefined {
  const branded = Reflect.get(fn, brand) as FunctionReference | undefined;
  if (branded !== undefined) return branded;
  const found = known.get(fn) ?? findInRequireCache(fn);
  if (found !== undefined) known.set(fn, found);
  return found;
}

/** True for what `workerFunction` made. */
export const isByName = (fn: object): boolean => Reflect.has(fn, brand);

/** Notes that `fn` was found at `reference`, so that it can be sent on. */
export function remember(fn: object, reference: FunctionReference): void {
  known.set(fn, { url: reference.url, name: reference.name });
}

/**
 * Finds the module and the export of `fn`: first where it costs nothing, then in the modules that called (`callers`), then
 * by asking V8 where the function was compiled.
 * @throws {NotImportableError} when no module exports it.
 */
export async function locate(fn: AnyFunction, callers: readonly StackFrame[]): Promise<FunctionReference> {
  checkImportable(fn);
  const cheap = knownReference(fn) ?? presumedReference(fn);
  if (cheap !== undefined) return cheap;
  const search = new ModuleSearch(fn);
  for (const caller of callers.slice(0, 4)) search.add(moduleUrl(caller.url));
  // A calling module that waits at its top level, as scripts do, answers late or never: V8 is asked meanwhile.
  let found = await search.within(FIRST_LIMIT);
  const place = found === undefined ? functionLocation(fn) : undefined;
  const own = place === undefined ? undefined : moduleUrl(place.url);
  if (own !== undefined) search.add(own);
  found ??= await search.within(NAMESPACE_LIMIT);
  if (found !== undefined) {
    known.set(fn, found);
    return found;
  }
  const far = farReference(fn, own, own === undefined ? undefined : loaded(own));
  if (far !== undefined) return far;
  if (own !== undefined && search.isEvaluating(own) && fn.name !== '') {
    const source = Function.prototype.toString.call(fn);
    const reference = { url: own, name: fn.name, source, line: place?.line };
    presumed.set(fn, reference);
    return reference;
  }
  throw notImportable(fn.name, own, place?.line);
}

/** A script that works at its top level calls again and again: its module is waited for once. */
function presumedReference(fn: object): FunctionReference | undefined {
  const reference = presumed.get(fn);
  return reference !== undefined && loaded(reference.url) === undefined ? reference : undefined;
}

/** Refuses at once what no module can export: bound functions and those of the engine. */
export function checkImportable(fn: AnyFunction): void {
  if (typeof fn !== 'function')
    throw new TypeError(`a worker function must be a function, received ${fn === null ? 'null' : typeof fn}`);
  if (Reflect.has(fn, brand) || !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn)))
    return;
  const kind = fn.name.startsWith('bound ') ? 'a bound function' : 'a function of the JavaScript engine';
  throw new NotImportableError(
    `${fn.name || 'the function'} is ${kind}, which no module exports. Export a function that calls it, and pass that.`,
    fn.name,
  );
}

export function notImportable(
  functionName: string,
  file: string | undefined,
  line: number | undefined,
): NotImportableError {
  const name = functionName || 'an anonymous function';
  const place = file === undefined ? '' : ` at ${file}:${line ?? '?'}`;
  return new NotImportableError(
    `${name}${place} is not exported, so that other processes cannot import it. ` +
      'Move it to the top level of a module and export it (`export function ...`); ' +
      'pass what it closes over as arguments or through the initializer.',
    functionName,
    file,
    line,
  );
}

function findInRequireCache(fn: object): FunctionReference | undefined {
  for (const file in requireCache) {
    const exported: unknown = requireCache[file]?.exports;
    if (!isHolder(exported)) continue;
    const name = exported === fn ? 'default' : pathOf(exported, (value) => value === fn);
    if (name !== undefined) return { url: moduleUrl(file), name };
  }
  return undefined;
}

/** Time in ms that an already evaluated module may take to give its namespace: loaders ask a thread of their own. */
const NAMESPACE_LIMIT = 200;
/** The same, for as long as nothing better is to be done meanwhile. */
const FIRST_LIMIT = 5;

/** Looks for the export of a function in several modules at once. */
class ModuleSearch {
  readonly #fn: object;
  /** Namespaces that are there and were not looked through; null for modules that were, or cannot be had. */
  readonly #modules = new Map<string, object | 'evaluating' | null>();

  constructor(fn: object) {
    this.#fn = fn;
  }

  add(url: string): void {
    // One that was loaded with `require` was searched already; `import` could make a second instance of it.
    if (this.#modules.has(url) || required(url) !== undefined) return;
    this.#modules.set(url, 'evaluating');
    // `import` of a loaded module gives that instance. One that still waits at its top level, maybe for us, is not waited for.
    import(url).then(
      (namespace: object) => {
        modules.set(url, namespace);
        this.#modules.set(url, namespace);
      },
      () => this.#modules.set(url, null),
    );
  }

  isEvaluating(url: string): boolean {
    return this.#modules.get(url) === 'evaluating';
  }

  /** Undefined when no module has it, or `limit` ms are over. */
  async within(limit: number): Promise<FunctionReference | undefined> {
    for (const end = performance.now() + limit; ; ) {
      const found = this.#look();
      if (found !== undefined) return found;
      if (![...this.#modules.values()].includes('evaluating') || performance.now() >= end) return undefined;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #look(): FunctionReference | undefined {
    for (const [url, namespace] of this.#modules) {
      if (namespace === null || namespace === 'evaluating') continue;
      this.#modules.set(url, null);
      const name = pathOf(namespace, (value) => value === this.#fn);
      if (name !== undefined) return { url, name };
    }
    return undefined;
  }
}

/** Properties in a path that is looked for in every module that comes into question. */
const NEAR = 2;
/** Properties in a path from the one module that a function is known to be of. */
const FAR = 5;
/** Objects that are looked into for such a path: a module may export large tables. */
const MOST_HOLDERS = 10_000;

/** Path of properties, at most `deepest` of them, from a module to the first value that is wanted; a shorter one before a longer. */
export function pathOf(
  holder: object,
  wanted: (value: unknown) => boolean,
  deepest = NEAR,
): string | undefined {
  const seen = new Set<object>([holder]);
  let level: (readonly [path: string, holder: object])[] = [['', holder]];
  for (let depth = 1; depth <= deepest && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const [path, at] of level) {
      // Compilers to CommonJS export by getters; those of other objects may do anything.
      const compiled = at === holder && Reflect.get(at, '__esModule') === true;
      for (const name of Object.getOwnPropertyNames(at)) {
        if (isPrototype(at, name)) continue; // A method of an instance, which would miss its `this`.
        const value = ownValue(at, name, compiled);
        if (wanted(value)) return path + name;
        if (depth === deepest || !isHolder(value) || seen.has(value)) continue;
        if (depth >= NEAR && seen.size >= MOST_HOLDERS) continue;
        seen.add(value);
        below.push([`${path}${name}.`, value]);
      }
    }
    level = below;
  }
  return undefined;
}

/** Where a function is in its own module, when no short path led to it. */
export function farReference(
  fn: object,
  url: string | undefined,
  namespace: object | undefined,
): FunctionReference | undefined {
  const name = namespace && pathOf(namespace, (value) => value === fn, FAR);
  if (url === undefined || name === undefined) return undefined;
  const reference = { url, name };
  remember(fn, reference);
  return reference;
}

const isPrototype = (holder: object, name: string): boolean =>
  name === 'prototype' && typeof holder === 'function';

function ownValue(holder: object, name: string, getters: boolean): unknown {
  try {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    return getters && descriptor?.get !== undefined ? descriptor.get.call(holder) : descriptor?.value;
  } catch {
    return undefined; // An export that is not initialised yet.
  }
}

const isHolder = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) || typeof value === 'function';

const modules = new Map<string, object>();

/** Imports a module for `resolve`. One that was loaded with `require` is that instance, not a second one. */
export async function load(url: string): Promise<void> {
  if (modules.has(url)) return;
  const exported: unknown = required(url)?.exports;
  modules.set(url, isHolder(exported) ? exported : ((await import(url)) as object));
}

const required = (url: string): NodeJS.Module | undefined =>
  url.startsWith('file:') ? requireCache[fileURLToPath(url)] : undefined;

/** Exports of a module that was loaded here before, as far as is known. */
export const loaded = (url: string): object | undefined =>
  modules.get(url) ?? (required(url)?.exports as object | undefined);

/** The function at `reference`; undefined when its module is not loaded, as far as is known here. */
export function resolve(reference: FunctionReference): AnyFunction | undefined {
  const namespace = loaded(reference.url);
  if (namespace === undefined) return undefined;
  const found =
    reference.source === undefined ? byName(namespace, reference.name) : bySource(namespace, reference);
  if (typeof found !== 'function') throw missing(reference, namespace);
  remember(found, reference);
  return found as AnyFunction;
}

function byName(namespace: object, name: string): unknown {
  if (name === 'default' && !('default' in namespace)) return namespace; // `module.exports = function`
  return follow(namespace, name) ?? follow(Reflect.get(namespace, 'default'), name);
}

/** The other side knew the function's own name only: the export must be that very function. */
function bySource(namespace: object, { url, name, source, line }: FunctionReference): unknown {
  const isIt = (value: unknown) =>
    typeof value === 'function' && value.name === name && Function.prototype.toString.call(value) === source;
  const path = pathOf(namespace, isIt, FAR);
  if (path === undefined) throw notImportable(name, url, line);
  return follow(namespace, path);
}

function follow(holder: unknown, path: string): unknown {
  let at = holder;
  for (const name of path.split('.')) {
    if (at === null || (typeof at !== 'object' && typeof at !== 'function')) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}

function missing({ url, name, line }: FunctionReference, namespace: object): NotImportableError {
  const names = Object.keys(namespace);
  const exports = names.length === 0 ? 'nothing' : names.slice(0, 40).join(', ');
  return new NotImportableError(
    `${url} exports no function ${name} (it exports ${exports}). Export it at the top level of the module: \`export function ${name}\`.`,
    name,
    url,
    line,
  );
}
