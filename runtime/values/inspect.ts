/** Looks through a value before it is sent: is it plain, or does it hold what the serializer alone would refuse or spoil? */
import { types } from 'node:util';
import { isShared, registeredClassOf } from './classes.ts';
import { isHostObject } from './host-object.ts';

/**
 * True for what the serializer of V8 sends as it is: primitives, plain objects and arrays, maps, sets, dates, bytes.
 * False for everything that has to be replaced or refused on the way; `replace` finds out which.
 */
export function isPlain(value: unknown): boolean {
  const walk = { left: MAX_NODES, depth: 0 };
  return plain(value, walk);
}

/** Beyond these, a value is treated with full bookkeeping of what was seen: it may be cyclic. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 100;

function plain(value: unknown, walk: { left: number; depth: number }): boolean {
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol';
  if (value === null) return true;
  if (--walk.left < 0 || walk.depth > MAX_DEPTH) return false;
  walk.depth++;
  const result = plainObject(value, walk);
  walk.depth--;
  return result;
}

function plainObject(value: object, walk: { left: number; depth: number }): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return plainFields(value, walk);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!plain(value[i], walk)) return false;
    return true;
  }
  if (isLeaf(value)) return true;
  if (types.isMap(value)) {
    for (const [k, v] of value) if (!plain(k, walk) || !plain(v, walk)) return false;
    return true;
  }
  if (types.isSet(value)) {
    for (const v of value) if (!plain(v, walk)) return false;
    return true;
  }
  if (isSpecial(value) || isRefused(value) || isHostObject(value)) return false;
  return plainFields(value, walk);
}

function plainFields(value: object, walk: { left: number; depth: number }): boolean {
  if (types.isProxy(value)) return false;
  for (const key of Object.keys(value))
    if (!plain((value as Record<string, unknown>)[key], walk)) return false;
  return true;
}

/** Objects that V8 sends and that hold no others. */
export function isLeaf(value: object): boolean {
  if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return !isShared(value);
  return types.isDate(value) || types.isRegExp(value) || types.isBoxedPrimitive(value);
}

/** The first look at the global `Headers` loads all of `fetch`, which takes 30 ms: only what calls itself so is compared. */
export function isHeaders(value: object): value is Headers {
  for (let at = above(value); at !== null; at = above(at))
    if (Object.getOwnPropertyDescriptor(at, Symbol.toStringTag)?.value === 'Headers')
      return value instanceof Headers;
  return false;
}

const above = (value: object): object | null => Object.getPrototypeOf(value) as object | null;

/** Objects that cross by a way of their own. */
export function isSpecial(value: object): boolean {
  return (
    value instanceof Error ||
    types.isNativeError(value) ||
    value instanceof URL ||
    value instanceof URLSearchParams ||
    isHeaders(value) ||
    registeredClassOf(value) !== undefined
  );
}

/** Objects whose content cannot be seen from outside: they would arrive empty. */
export function isRefused(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isSharedArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isProxy(value) ||
    types.isArgumentsObject(value) ||
    value === process.env ||
    value instanceof WeakRef ||
    refusedTags.has(tagOf(value))
  );
}

/** Of these, some Node versions send an empty object, or what the other side cannot read. */
const refusedTags: ReadonlySet<unknown> = new Set([
  'Blob',
  'File',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
  'WebAssembly.Module',
]);

/** `toStringTag` may be a getter of the user. */
function tagOf(value: object): unknown {
  try {
    return Reflect.get(value, Symbol.toStringTag);
  } catch {
    return undefined;
  }
}
