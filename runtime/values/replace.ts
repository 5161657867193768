/** Makes a copy of a value in which everything special is replaced by a `Special`, which the serializer knows how to write. */
import { types } from 'node:util';
import { SerializationError } from '../errors.ts';
import { registeredClassOf } from './classes.ts';
import { type PlainError, plainError } from './error.ts';
import { isHostObject } from './host-object.ts';
import { isHeaders, isLeaf, isRefused } from './inspect.ts';
import { entryPath, isIndex, keyPath, memberPath, propertyPath } from './parts.ts';
import { type FunctionReference, knownReference } from './reference.ts';
import { refusedKind } from './refusal.ts';

/** What a special value crosses as. */
export type SpecialPayload =
  | { readonly kind: 'error'; readonly error: PlainError }
  | { readonly kind: 'function'; readonly reference: FunctionReference }
  | { readonly kind: 'instance'; readonly url: string; readonly id: string; readonly plain: unknown }
  | { readonly kind: 'url'; readonly href: string }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'headers'; readonly entries: [string, string][] };

/** Stands for a special value; an array view, because views are what V8's serializer hands to us to write. */
export class Special extends Uint8Array {
  readonly payload: SpecialPayload;
  constructor(payload: SpecialPayload) {
    super(0);
    this.payload = payload;
  }
}

/** A function in a value whose module is not known yet; locating it and trying again may help. */
export class UnknownFunctionError extends SerializationError {
  readonly fn: (...args: never[]) => unknown;
  constructor(path: string, fn: (...args: never[]) => unknown) {
    super(
      path,
      `is a function${fn.name === '' ? '' : ` (${fn.name})`} that no module exports: it cannot cross. ` +
        'Export it, or leave it out of the value.',
    );
    this.fn = fn;
  }
  override get name(): string {
    return 'SerializationError';
  }
}

/** An instance that is in one process at a time was replaced: to be called when the whole value was encoded. */
export type Move = () => () => void;

/**
 * `root` is the name of the whole value; `fits` tells whether the serializer takes a part. Moves are added to `moves`.
 * @throws {SerializationError} naming the place of what cannot cross.
 */
export function replace(
  value: unknown,
  root: string,
  fits: (part: unknown) => boolean = () => true,
  moves: Move[] = [],
): unknown {
  return new Replacer(fits, moves).value(value, root);
}

class Replacer {
  readonly #copies = new Map<object, unknown>();
  /** Errors and instances being replaced: what refers back to them cannot be expressed. */
  readonly #open = new Set<object>();
  readonly #fits: (part: unknown) => boolean;
  readonly #moves: Move[];

  constructor(fits: (part: unknown) => boolean, moves: Move[]) {
    this.#fits = fits;
    this.#moves = moves;
  }

  value(value: unknown, path: string): unknown {
    if (typeof value === 'symbol')
      throw new SerializationError(path, `is a symbol (${String(value)}): it cannot cross`);
    if (typeof value === 'function') return this.#function(value as (...args: never[]) => unknown, path);
    if (typeof value !== 'object' || value === null) return value;
    const copy = this.#copies.get(value);
    if (copy !== undefined) return copy;
    if (this.#open.has(value))
      throw new SerializationError(path, 'refers back to an error or instance that holds it');
    return this.#object(value, path);
  }

  #object(value: object, path: string): unknown {
    if (isRefused(value)) throw new SerializationError(path, refusedKind(value));
    if (isLeaf(value)) return value;
    const special = this.#special(value, path);
    if (special !== undefined) return this.#keep(value, special);
    if (Array.isArray(value)) return this.#array(value, path);
    if (types.isMap(value)) return this.#map(value, path);
    if (types.isSet(value)) return this.#set(value, path);
    if (isHostObject(value)) throw new SerializationError(path, refusedKind(value));
    const copy: Record<string, unknown> = this.#keep(value, {});
    this.#properties(value, Object.keys(value), copy, path);
    return copy;
  }

  #special(value: object, path: string): Special | undefined {
    const registered = registeredClassOf(value);
    if (registered !== undefined) return this.#instance(value, registered, path);
    if (value instanceof URL) return new Special({ kind: 'url', href: value.href });
    if (value instanceof URLSearchParams) return new Special({ kind: 'search', text: value.toString() });
    if (isHeaders(value)) return new Special({ kind: 'headers', entries: [...value] });
    if (value instanceof Error || types.isNativeError(value)) return this.#error(value, path);
    return undefined;
  }

  #instance(
    value: object,
    registered: NonNullable<ReturnType<typeof registeredClassOf>>,
    path: string,
  ): Special {
    let plain: unknown;
    try {
      plain = registered.codec.toPlain(value);
    } catch (cause) {
      throw new SerializationError(
        path,
        `could not be turned into a plain value: toPlain threw ${String(cause)}`,
        { cause },
      );
    }
    const { url, id, codec } = registered;
    if (codec.moved !== undefined) this.#moves.push(() => codec.moved?.(value, plain) ?? (() => {}));
    return new Special({
      kind: 'instance',
      url,
      id,
      plain: this.#inside(value, () => this.value(plain, path)),
    });
  }

  /** What an error carries along is often not meant to be sent (requests, sockets): what cannot cross is told as text. */
  #error(value: Error, path: string): Special {
    const lenient = (part: unknown, at: string) => {
      try {
        const copy = this.value(part, propertyPath(path, at));
        if (isPrimitive(copy) || this.#fits(copy)) return copy;
        return `[not sent: ${propertyPath(path, at)} ${refusedKind(copy)}]`;
      } catch (error) {
        if (!(error instanceof SerializationError)) throw error;
        return `[not sent: ${error.message}]`;
      }
    };
    return new Special({ kind: 'error', error: this.#inside(value, () => plainError(value, lenient)) });
  }

  #inside<R>(value: object, body: () => R): R {
    this.#open.add(value);
    try {
      return body();
    } finally {
      this.#open.delete(value);
    }
  }

  #function(fn: (...args: never[]) => unknown, path: string): Special {
    const reference = knownReference(fn);
    if (reference === undefined) throw new UnknownFunctionError(path, fn);
    const copy = this.#copies.get(fn) as Special | undefined;
    return copy ?? this.#keep(fn, new Special({ kind: 'function', reference }));
  }

  #array(value: readonly unknown[], path: string): unknown[] {
    const copy: unknown[] = this.#keep(value, new Array(value.length));
    for (let i = 0; i < value.length; i++) if (i in value) copy[i] = this.value(value[i], `${path}[${i}]`);
    // What `match` and others add to an array crosses too.
    const names = Object.keys(value);
    const last = names.at(-1);
    if (last !== undefined && !isIndex(last))
      this.#properties(
        value,
        names.filter((name) => !isIndex(name)),
        copy,
        path,
      );
    return copy;
  }

  #map(value: ReadonlyMap<unknown, unknown>, path: string): Map<unknown, unknown> {
    const copy = this.#keep(value, new Map<unknown, unknown>());
    for (const [k, v] of value) copy.set(this.value(k, keyPath(path)), this.value(v, entryPath(path, k)));
    return copy;
  }

  #set(value: ReadonlySet<unknown>, path: string): Set<unknown> {
    const copy = this.#keep(value, new Set<unknown>());
    for (const v of value) copy.add(this.value(v, memberPath(path)));
    return copy;
  }

  #properties(value: object, names: readonly string[], copy: object, path: string): void {
    for (const name of names) {
      const part = this.value(Reflect.get(value, name), propertyPath(path, name));
      // An assignment to `__proto__` would set the prototype.
      if (name === '__proto__')
        Object.defineProperty(copy, name, {
          value: part,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      else (copy as Record<string, unknown>)[name] = part;
    }
  }

  #keep<C>(original: object, copy: C): C {
    this.#copies.set(original, copy);
    return copy;
  }
}

const isPrimitive = (value: unknown): value is Exclude<unknown, object> =>
  typeof value !== 'object' || value === null;
