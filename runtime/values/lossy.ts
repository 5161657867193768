/**
 * What of a value arrives changed without an error. It is found by looking at the value alone; `test/runtime/values/lossy.test.ts`
 * holds it to what really arrives. Not told, because nothing that a program reads is lost: that an object was frozen or
 * had no prototype, and the class of objects that are data only.
 */
import { types } from 'node:util';
import { registeredClassOf } from './classes.ts';
import { fits } from './codec.ts';
import { baseOf } from './error.ts';
import { isHeaders, isLeaf } from './inspect.ts';
import { aOrAn, entryPath, isIndex, keyPath, memberPath, propertyPath } from './parts.ts';
import { knownReference } from './reference.ts';

/** One thing that gets lost. */
export interface Loss {
  /** Where in the value: `items[3].user`. */
  readonly path: string;
  /** What is there and how it arrives. */
  readonly message: string;
}

/** Items of a call, and results of a function in a worker, that are looked through; the rest goes at full speed. */
export const CHECKED = 8;
/** Objects and elements that are looked at in one value; what is behind them is not told. */
const MAX_NODES = 10_000;
/** Losses of one value that are told. */
const MAX_LOSSES = 20;

/** What would arrive changed. `root` is the name of the value; what cannot cross at all is not looked for here. */
export function lossy(value: unknown, root: string): Loss[] {
  if (typeof value !== 'object' || value === null) return [];
  const search = new Search();
  search.look(value, root);
  return search.losses;
}

class Search {
  readonly losses: Loss[] = [];
  readonly #seen = new Set<object>();
  #left = MAX_NODES;

  look(value: unknown, path: string): void {
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return;
    if (--this.#left < 0 || this.losses.length >= MAX_LOSSES) return;
    this.#seen.add(value);
    if (types.isProxy(value) || registeredClassOf(value) !== undefined) return;
    if (types.isNativeError(value) || value instanceof Error) this.#error(value, path);
    else if (Array.isArray(value)) this.#array(value, path);
    else if (isLeaf(value)) this.#leaf(value, path);
    else if (types.isMap(value)) this.#map(value, path);
    else if (types.isSet(value)) this.#set(value, path);
    else this.#object(value, path);
  }

  #object(value: object, path: string): void {
    const platform = platformClassOf(value);
    if (platform !== undefined) {
      if (Object.getPrototypeOf(value) !== platform.prototype)
        this.#tell(path, `is ${aOrAn(classOf(value))}: it arrives as ${aOrAn(platform.name)}.`);
      this.#dropped(value, path, () => true);
      return;
    }
    const lost = inherited(value);
    if (lost !== undefined) this.#tell(path, lost);
    // Of an instance, what it keeps hidden is lost with its class; it need not be told one by one.
    this.#properties(value, path, lost === undefined ? Reflect.ownKeys(value) : Object.keys(value));
  }

  #array(value: readonly unknown[], path: string): void {
    this.#base(value, path, 1, 'Array');
    if (value.length > MAX_NODES) {
      for (let i = 0; i < value.length && this.#left > 0; i++) this.#element(value, i, path);
      return;
    }
    const names = Reflect.ownKeys(value).filter((key) => key !== 'length');
    this.#properties(value, path, names);
  }

  #element(value: readonly unknown[], index: number, path: string): void {
    this.#left--;
    this.look(value[index], `${path}[${index}]`);
  }

  /** Enumerable properties with names cross, by their values. */
  #properties(value: object, path: string, keys: readonly (string | symbol)[]): void {
    const list = Array.isArray(value);
    for (const key of keys) {
      if (--this.#left < 0) return;
      const at = pathOf(path, key, list);
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      if (typeof key === 'symbol') this.#tell(at, 'has a symbol as its key: it is left out.');
      else if (property.enumerable !== true) this.#tell(at, 'is not enumerable: it is left out.');
      else if (property.get !== undefined)
        this.#tell(at, 'is a getter: it arrives as the value that it had when it was sent.');
      else if (property.set !== undefined) this.#tell(at, 'is a setter: it arrives as undefined.');
      else this.look(property.value, at);
    }
  }

  /** Properties that do not cross, such as those of a date. `isOwn` tells which it has beyond its content. */
  #dropped(value: object, path: string, isOwn: (key: string) => boolean): void {
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol' ? isInternal(value, key) : !isOwn(key)) continue;
      this.#tell(pathOf(path, key, false), `is a property of ${aOrAn(classOf(value))}: it is left out.`);
    }
  }

  #map(value: ReadonlyMap<unknown, unknown>, path: string): void {
    this.#base(value, path, 1, 'Map');
    this.#dropped(value, path, () => true);
    for (const [k, v] of value) {
      if (--this.#left < 0) return;
      this.look(k, keyPath(path));
      this.look(v, entryPath(path, k));
    }
  }

  #set(value: ReadonlySet<unknown>, path: string): void {
    this.#base(value, path, 1, 'Set');
    this.#dropped(value, path, () => true);
    for (const v of value) {
      if (--this.#left < 0) return;
      this.look(v, memberPath(path));
    }
  }

  /** Dates, expressions, memory and objects around primitives. */
  #leaf(value: object, path: string): void {
    if (ArrayBuffer.isView(value)) {
      this.#memory(value, path);
      return;
    }
    this.#base(value, path, 1, Object.prototype.toString.call(value).slice(8, -1));
    if (types.isRegExp(value) && value.lastIndex !== 0)
      this.#tell(`${path}.lastIndex`, `is ${value.lastIndex}: it arrives as 0.`);
    if (types.isStringObject(value)) this.#dropped(value, path, (key) => key !== 'length' && !isIndex(key));
    else this.#dropped(value, path, (key) => !(types.isRegExp(value) && key === 'lastIndex'));
  }

  #memory(value: ArrayBufferView, path: string): void {
    if (types.isSharedArrayBuffer(value.buffer))
      this.#tell(path, 'lies in a SharedArrayBuffer: it arrives as a copy that nobody shares.');
    else if (isResizable(value.buffer))
      this.#tell(path, 'lies in a resizable ArrayBuffer: it arrives with a fixed length.');
    if (types.isDataView(value)) this.#base(value, path, 1, 'DataView');
    else if (Object.getPrototypeOf(value) !== Buffer.prototype)
      this.#base(value, path, 2, String(Reflect.get(value, Symbol.toStringTag)));
    // The names of the elements would be made for nothing where there are many.
    if (value.byteLength <= MAX_NODES) this.#dropped(value, path, (key) => !isIndex(key));
  }

  #error(value: Error, path: string): void {
    if (isUserError(value))
      this.#tell(
        path,
        `is ${aOrAn(classOf(value))}: it arrives as ${aOrAn(baseOf(value))}, because no module is known that exports the class. Export it.`,
      );
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'stack' || key === 'message') continue;
      const at = pathOf(path, key, false);
      if (typeof key === 'symbol') {
        if (!isInternal(value, key)) this.#tell(at, 'has a symbol as its key: it is left out.');
        continue;
      }
      const part = attempt(() => Reflect.get(value, key));
      if (typeof part === 'function') this.#tell(at, 'is a function of an error: it is left out.');
      else if (Reflect.getOwnPropertyDescriptor(value, key)?.get !== undefined)
        this.#tell(at, 'is a getter: it arrives as the value that it had when it was sent.');
      else if (!crosses(part)) this.#tell(at, 'cannot cross: it arrives as a text that says so.');
      else this.look(part, at);
    }
  }

  /** Tells of a subclass: the prototype that belongs to `depth` steps below the root of all prototypes arrives. */
  #base(value: object, path: string, depth: number, name: string): void {
    if (depthOf(value) <= depth) return;
    this.#tell(path, `is ${aOrAn(classOf(value))}: it arrives as ${aOrAn(name)}.`);
  }

  #tell(path: string, message: string): void {
    if (this.losses.length < MAX_LOSSES) this.losses.push({ path, message });
  }
}

/** What an object inherits and loses; undefined for objects that are data only. */
function inherited(value: object): string | undefined {
  const names: string[] = [];
  for (let at = above(value); at !== null && !isRoot(at); at = above(at))
    for (const key of Reflect.ownKeys(at)) if (key !== 'constructor') names.push(nameOf(key));
  if (names.length === 0) return undefined;
  const some = [...new Set(names)];
  const list = `${some.slice(0, 5).join(', ')}${some.length > 5 ? ', ...' : ''}`;
  const name = classOf(value);
  if (name === 'Object') return `inherits ${list} from another object: it arrives without.`;
  return `is ${aOrAn(name)}: it arrives as a plain object, without ${list}. Register the class with registerClass, or send plain data.`;
}

const above = (value: object): object | null => Object.getPrototypeOf(value) as object | null;

/** True for `Object.prototype` of any realm. */
const isRoot = (prototype: object): boolean =>
  above(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');

/** Prototypes between the object and the root. */
function depthOf(value: object): number {
  let depth = 0;
  for (let at = above(value); at !== null && !isRoot(at); at = above(at)) depth++;
  return depth;
}

/** Classes of the platform that cross by a way of their own. */
function platformClassOf(value: object): { readonly name: string; readonly prototype: object } | undefined {
  if (value instanceof URL) return URL;
  if (value instanceof URLSearchParams) return URLSearchParams;
  return isHeaders(value) ? Headers : undefined;
}

/** Node keeps its own state of its classes under symbols. */
const isInternal = (value: object, key: symbol): boolean =>
  (platformClassOf(value) !== undefined || value instanceof DOMException) &&
  Reflect.getOwnPropertyDescriptor(value, key) !== undefined &&
  Symbol.keyFor(key) === undefined;

function isUserError(value: Error): boolean {
  const Class: unknown = value.constructor;
  return typeof Class === 'function' && Class.name !== baseOf(value) && knownReference(Class) === undefined;
}

const crosses = (value: unknown): boolean =>
  (typeof value !== 'object' && typeof value !== 'symbol') || fits(value);

const isResizable = (buffer: ArrayBufferLike): boolean =>
  (buffer as ArrayBufferLike & { readonly resizable?: boolean }).resizable === true;

const classOf = (value: object): string => attempt(() => String(value.constructor.name)) || 'Object';
const nameOf = (key: string | symbol): string => (typeof key === 'symbol' ? `[${String(key)}]` : key);
const pathOf = (path: string, key: string | symbol, list: boolean): string => {
  if (typeof key === 'symbol') return `${path}[${String(key)}]`;
  return list && isIndex(key) ? `${path}[${key}]` : propertyPath(path, key);
};

/** Getters are user code and may throw; the sending tells. */
function attempt<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
