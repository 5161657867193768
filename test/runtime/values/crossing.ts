/** Sends values through the codec within this process, and compares what arrives. */
import { types } from 'node:util';
import { ByteReader, ByteWriter } from '../../../runtime/transport/bytes.ts';
import { decode, encode } from '../../../runtime/values/codec.ts';

export function cross(value: unknown, name = 'value'): unknown {
  const writer = new ByteWriter();
  encode(value, writer, () => name);
  return decode(new ByteReader(Buffer.from(writer.take())));
}

/** Places at which `after` is not what `before` was. Frozenness, a null prototype and a class without members do not count. */
export function differences(
  before: unknown,
  after: unknown,
  path: string,
  seen = new Set<unknown>(),
): string[] {
  if (typeof before !== 'object' || before === null)
    return Object.is(before, after) || typeof before === 'function' ? [] : [path];
  if (typeof after !== 'object' || after === null) return [path];
  if (seen.has(before)) return [];
  seen.add(before);
  const places: string[] = [];
  if (
    members(before) !== members(after) ||
    kind(before) !== kind(after) ||
    isBound(before) !== isBound(after)
  )
    places.push(path);
  if (types.isRegExp(before) && before.lastIndex !== (after as RegExp).lastIndex)
    places.push(`${path}.lastIndex`);
  if (types.isMap(before)) {
    const entries = [...(after as Map<unknown, unknown>)];
    [...before].forEach(([key, value], i) => {
      places.push(...differences(key, entries[i]?.[0], `${path}.keys()`, seen));
      places.push(...differences(value, entries[i]?.[1], `${path}.get(${JSON.stringify(key)})`, seen));
    });
  }
  if (types.isSet(before)) {
    const values = [...(after as Set<unknown>)];
    [...before].forEach((value, i) => {
      places.push(...differences(value, values[i], `${path}.values()`, seen));
    });
  }
  // An instance that loses its class loses what it keeps hidden with it.
  const instance = members(before) !== members(after) && kind(after) === '[object Object]';
  const keys = instance ? Object.keys(before) : Reflect.ownKeys(before);
  for (const key of keys) places.push(...property(before, after, key, path, seen));
  return places;
}

function property(
  before: object,
  after: object,
  key: string | symbol,
  path: string,
  seen: Set<unknown>,
): string[] {
  if (key === 'lastIndex' || key === 'length' || key === 'stack') return [];
  if (
    typeof key === 'symbol' &&
    /^Symbol\((context|query|state|headers list|kHeaders|.*guard.*)\)$/.test(String(key))
  )
    return []; // Node's own.
  const name = typeof key === 'symbol' ? `[${String(key)}]` : /^\d+$/.test(key) ? `[${key}]` : `.${key}`;
  const was = Reflect.getOwnPropertyDescriptor(before, key);
  const is = Reflect.getOwnPropertyDescriptor(after, key);
  if (is === undefined || (was?.get ?? was?.set) !== (is.get ?? is.set)) return [path + name];
  return differences(was?.value, is.value, path + name, seen);
}

/** Everything that is inherited, but from `Object.prototype`. */
function members(value: object): string {
  const names: string[] = [];
  for (let at: object = value; ; ) {
    at = Object.getPrototypeOf(at) as object;
    if (at === null || Object.getPrototypeOf(at) === null) return names.sort().join();
    names.push(...Reflect.ownKeys(at).map(String));
    const own = names.lastIndexOf('constructor');
    if (own !== -1) names.splice(own, 1);
  }
}

/** Class of what is more than a plain object. */
function kind(value: object): string {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Object]' ? tag : `${tag} ${value.constructor?.name}`;
}

/** Memory that is shared or can grow. */
function isBound(value: object): boolean {
  const buffer: ArrayBufferLike = ArrayBuffer.isView(value) ? value.buffer : (value as ArrayBuffer);
  return types.isSharedArrayBuffer(buffer) || Reflect.get(buffer, 'resizable') === true;
}
