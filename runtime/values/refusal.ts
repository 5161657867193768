/** Finds out what in a value the serializer refused, and says what to do about it. */
import { types } from 'node:util';
import { SerializationError } from '../errors.ts';
import { aOrAn, children, type Part } from './parts.ts';

/** Parts that are tried before the search ends at the place that it has reached. */
const MAX_TRIALS = 100_000;

/** What the serializer threw for `value`, as the error of the very part that it could not write; `fits` tries one part. */
export function refusal(
  error: unknown,
  value: unknown,
  root: string,
  fits: (part: unknown) => boolean,
): SerializationError {
  if (error instanceof SerializationError) return error;
  const options = { cause: error };
  if (error instanceof RangeError && /call stack/.test(error.message))
    return new SerializationError(
      root,
      'is nested too deeply to cross (about a thousand levels). Send it flat, such as a list of nodes.',
      options,
    );
  const part = search({ path: root, value }, fits);
  if ('threw' in part)
    return new SerializationError(part.path, `could not be read: ${text(part.threw)}`, { cause: part.threw });
  const problem =
    typeof part.value === 'object' && part.value !== null
      ? refusedKind(part.value)
      : `cannot cross: ${text(error)}`;
  return new SerializationError(part.path, problem, options);
}

/** Says of an object that cannot cross what it is and what to do. */
export function refusedKind(value: object): string {
  if (isDetached(value))
    return 'is memory that was transferred away (a detached ArrayBuffer): nothing is left to send. Send it first, or a copy.';
  const name = kindOf(value);
  return `is ${aOrAn(name)}: it cannot cross. ${adviceFor(name)}`;
}

function search(root: Part, fits: (part: unknown) => boolean): Part {
  const seen = new Set<unknown>();
  let at = root;
  for (let trials = 0; ; ) {
    seen.add(at.value);
    let next: Part | undefined;
    for (const part of children(at.value, at.path)) {
      if ('threw' in part) return part;
      if (isPrimitive(part.value) || seen.has(part.value)) continue;
      if (++trials > MAX_TRIALS) return at;
      if (fits(part.value)) continue;
      next = part;
      break;
    }
    if (next === undefined) return at;
    at = next;
  }
}

function kindOf(value: object): string {
  if (types.isProxy(value)) return 'Proxy';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag !== 'Object') return tag;
  const name: unknown = Reflect.get(value, 'constructor')?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'object of Node itself';
}

function adviceFor(name: string): string {
  if (name === 'Promise') return 'Await it first.';
  if (/Generator|Iterator/.test(name)) return 'Take what it gives first: `[...it]`.';
  if (name === 'Arguments') return 'Make it an array: `[...arguments]`.';
  if (name === 'Proxy' || name === 'object of Node itself') return 'Send a copy: `{ ...it }`.';
  if (name === 'SharedArrayBuffer') return 'Threads share it, processes do not: send a copy of the bytes.';
  if (name === 'Blob' || name === 'File') return 'Send its bytes: `await it.arrayBuffer()`.';
  if (/Key/.test(name)) return 'Send the exported key.';
  if (/Stream|Port|EventTarget|Handle|Pipe|TCP|TTY|Memory|Instance|Script/.test(name))
    return 'It belongs to this process: open one in the worker.';
  if (name === 'WebAssembly.Module') return 'Send its bytes and compile them in the worker.';
  if (/^Intl\./.test(name)) return 'Send its options and make one in the worker.';
  return 'Send what it holds instead.';
}

const isPrimitive = (value: unknown): boolean =>
  value === null || !['object', 'function', 'symbol'].includes(typeof value);

function isDetached(value: object): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!types.isArrayBuffer(buffer)) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
