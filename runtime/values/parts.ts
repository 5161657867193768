/** The parts of a value and how messages call them: `.user`, `["two words"]`, `[3]`, `.get("key")`. */
import { types } from 'node:util';

export type Part =
  | { readonly path: string; readonly value: unknown }
  | { readonly path: string; readonly value: undefined; readonly threw: unknown };

/** What the serializer visits below `value`: enumerable properties, and the entries of maps and sets. */
export function* children(value: unknown, path: string): Generator<Part> {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || ArrayBuffer.isView(value))
    return;
  if (types.isMap(value)) {
    for (const [k, v] of value) {
      yield { path: keyPath(path), value: k };
      yield { path: entryPath(path, k), value: v };
    }
    return;
  }
  if (types.isSet(value)) {
    for (const v of value) yield { path: memberPath(path), value: v };
    return;
  }
  const list = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const at = list && isIndex(key) ? `${path}[${key}]` : propertyPath(path, key);
    try {
      yield { path: at, value: Reflect.get(value, key) };
    } catch (threw) {
      yield { path: at, value: undefined, threw };
    }
  }
}

export const propertyPath = (path: string, key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
export const keyPath = (path: string): string => `${path}.keys()`;
export const memberPath = (path: string): string => `${path}.values()`;
export const entryPath = (path: string, key: unknown): string =>
  `${path}.get(${typeof key === 'string' ? JSON.stringify(key) : label(key)})`;

/** True for the name of an element of an array. */
export const isIndex = (key: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(key);

/** A name with its article. */
export const aOrAn = (name: string): string => `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;

function label(key: unknown): string {
  if (typeof key !== 'object' || key === null) return String(key);
  return types.isDate(key) ? key.toISOString() : Array.isArray(key) ? '[...]' : '{...}';
}
