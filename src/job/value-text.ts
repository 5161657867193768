/**
 * Values as JSON text, the form in which results lie on disk.
 *
 * What JSON holds is written as `JSON.stringify` writes it, `toJSON()` and left-out undefined properties included.
 * Everything else is an object with one key that begins with `$`:
 *
 * | value                          | text                                                         |
 * |--------------------------------|--------------------------------------------------------------|
 * | undefined (not as a property)  | `{"$undefined":true}`                                        |
 * | NaN, Infinity, -Infinity, -0   | `{"$number":"NaN"}`, ...                                      |
 * | bigint                         | `{"$bigint":"123"}`                                          |
 * | Date                           | `{"$date":"2026-01-31T12:00:00.000Z"}`, null when invalid    |
 * | Map, Set                       | `{"$map":[[key,value],...]}`, `{"$set":[value,...]}`         |
 * | RegExp                         | `{"$regexp":["source","flags"]}`                             |
 * | Error                          | `{"$error":{"name","message","code"?}}`                      |
 * | Buffer, Uint8Array, ArrayBuffer| `{"$bytes":"base64"}`                                        |
 * | other typed arrays             | `{"$typedArray":["Float64Array",[1,2]]}`                     |
 * | function, symbol               | `{"$function":"name"}`, `{"$symbol":"description"}` (lossy)  |
 * | an object inside of itself     | `{"$circular":"$.path.of.the.outer"}` (lossy)                |
 * | an object whose first key begins with `$` | `{"$object":{...}}`                              |
 *
 * An instance of any other class is written by its own enumerable properties (lossy).
 */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : exoticNumber(value);
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      if (value === null) return 'null';
      return isPlain(value, 0) ? JSON.stringify(value) : taggedText(value, '$', new Map());
  }
}

/** The JSON text from which `JSON.parse` makes an equal value; undefined where there is none. */
export function losslessText(value: unknown): string | undefined {
  return isPlain(value, 0) && !hasMissing(value) ? JSON.stringify(value) : undefined;
}

/** A property that is there and undefined would be left out. */
function hasMissing(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined;
  for (const property of Object.values(value)) if (hasMissing(property)) return true;
  return false;
}

/** Deeper than this, or circular, is left to `taggedText`. */
const MAX_PLAIN_DEPTH = 64;

/** True when `JSON.stringify` writes `value` without loss; looks at everything once and allocates nothing. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (depth > MAX_PLAIN_DEPTH) return false;
      if (Array.isArray(value)) return isPlainList(value, depth);
      return isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainList(list: readonly unknown[], depth: number): boolean {
  // every() would pass over the holes of a sparse list.
  for (let i = 0; i < list.length; i++) if (!isPlain(list[i], depth + 1)) return false;
  return true;
}

function isPlainObject(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return false;
  let first = true;
  for (const key in value) {
    if (first && key.startsWith('$')) return false;
    first = false;
    const property: unknown = (value as Record<string, unknown>)[key];
    if (property !== undefined && !isPlain(property, depth + 1)) return false;
  }
  return true;
}

/** `outer` holds the objects that are being written, each with its path. */
function taggedText(value: unknown, path: string, outer: Map<object, string>): string {
  switch (typeof value) {
    case 'undefined':
      return '{"$undefined":true}';
    case 'number':
      return exoticNumber(value);
    case 'bigint':
      return `{"$bigint":"${value}"}`;
    case 'function':
      return tag('$function', value.name);
    case 'symbol':
      return tag('$symbol', value.description ?? '');
    case 'object':
      return value === null ? 'null' : objectText(value, path, outer);
    default:
      return JSON.stringify(value);
  }
}

function exoticNumber(value: number): string {
  if (Object.is(value, -0)) return '{"$number":"-0"}';
  return Number.isFinite(value) ? String(value) : `{"$number":"${value}"}`;
}

function objectText(value: object, path: string, outer: Map<object, string>): string {
  const circular = outer.get(value);
  if (circular !== undefined) return tag('$circular', circular);
  outer.set(value, path);
  try {
    return builtInText(value, path, outer) ?? propertiesText(value, path, outer);
  } finally {
    outer.delete(value);
  }
}

function builtInText(value: object, path: string, outer: Map<object, string>): string | undefined {
  if (Array.isArray(value)) return listText(value, path, outer);
  if (value instanceof Date) return tag('$date', Number.isNaN(value.getTime()) ? null : value.toISOString());
  if (value instanceof Map) {
    const entries = Array.from(value, (entry, i) => listText(entry, `${path}[${i}]`, outer));
    return `{"$map":[${entries.join()}]}`;
  }
  if (value instanceof Set) return `{"$set":${listText(Array.from(value), path, outer)}}`;
  if (value instanceof RegExp) return tag('$regexp', [value.source, value.flags]);
  if (value instanceof Uint8Array) return tag('$bytes', base64(value.buffer, value.byteOffset, value.length));
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return tag('$bytes', base64(value, 0, value.byteLength));
  }
  if (ArrayBuffer.isView(value)) return viewText(value, path, outer);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return taggedText(value.toJSON(''), path, outer);
  }
  if (value instanceof Error) return errorText(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return taggedText(value.valueOf(), path, outer);
  }
  return undefined;
}

function listText(list: readonly unknown[], path: string, outer: Map<object, string>): string {
  // Array.from visits the holes of a sparse array too.
  const parts = Array.from(list, (element, i) => taggedText(element, `${path}[${i}]`, outer));
  return `[${parts.join()}]`;
}

function viewText(view: ArrayBufferView, path: string, outer: Map<object, string>): string {
  if (view instanceof DataView) return tag('$bytes', base64(view.buffer, view.byteOffset, view.byteLength));
  const elements = Array.from(view as unknown as ArrayLike<number | bigint>);
  return `{"$typedArray":[${JSON.stringify(view.constructor.name)},${listText(elements, path, outer)}]}`;
}

function errorText(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return tag('$error', { name: error.name, message: error.message, code });
}

function propertiesText(value: object, path: string, outer: Map<object, string>): string {
  const parts: string[] = [];
  const entries = Object.entries(value);
  for (const [key, property] of entries) {
    if (property === undefined) continue;
    parts.push(`${JSON.stringify(key)}:${taggedText(property, `${path}.${key}`, outer)}`);
  }
  const text = `{${parts.join()}}`;
  return entries[0]?.[0].startsWith('$') ? `{"$object":${text}}` : text;
}

function tag(name: string, content: unknown): string {
  return `{"${name}":${JSON.stringify(content)}}`;
}

function base64(buffer: ArrayBufferLike, offset: number, length: number): string {
  return Buffer.from(buffer, offset, length).toString('base64');
}
