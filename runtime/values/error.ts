/** Errors: to plain parts, and back into an error of the same class with the stack of the process that threw it. */
import * as own from '../errors.ts';
import { type FunctionReference, knownReference, resolve } from './reference.ts';

export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Name of the built-in or library class that it is an instance of. */
  readonly base: string;
  /** The user's class, where a module exports it. */
  readonly class?: FunctionReference | undefined;
  /** `code` of a DOMException is computed from its name; all other own fields are here, `cause` and `errors` too. */
  readonly fields: readonly (readonly [name: string, value: unknown, enumerable: boolean])[];
}

const builtIns: Record<string, abstract new (...args: never[]) => Error> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
};
const libraryErrors: Record<string, abstract new (...args: never[]) => Error> = Object.fromEntries(
  Object.entries(own).filter(
    ([, value]) =>
      value === own.ManycoreError ||
      (typeof value === 'function' && value.prototype instanceof own.ManycoreError),
  ),
) as Record<string, abstract new (...args: never[]) => Error>;

/** `convert` makes a field's value fit to be sent. */
export function plainError(error: Error, convert: (value: unknown, name: string) => unknown): PlainError {
  const fields: [string, unknown, boolean][] = [];
  for (const name of Object.getOwnPropertyNames(error)) {
    if (name === 'stack' || name === 'message') continue;
    const enumerable = Object.prototype.propertyIsEnumerable.call(error, name);
    const value = attempt(() => Reflect.get(error, name) as unknown);
    // Methods of one instance say nothing to the other side.
    if (typeof value !== 'function') fields.push([name, convert(value, name), enumerable]);
  }
  return {
    name: text(attempt(() => error.name)) || 'Error',
    message: text(attempt(() => error.message)),
    stack: text(attempt(() => error.stack)),
    base: baseOf(error),
    class: attempt(() => knownReference(error.constructor ?? Error)),
    fields,
  };
}

/** An error of the same class, without running its constructor. */
export function rebuildError(plain: PlainError): Error {
  if (plain.base === 'DOMException')
    return withStack(new DOMException(plain.message, plain.name), plain.stack);
  const error =
    plain.base === 'AggregateError' ? new AggregateError([], plain.message) : new Error(plain.message);
  const prototype = prototypeOf(plain);
  Object.setPrototypeOf(error, prototype);
  for (const [name, value, enumerable] of plain.fields)
    Object.defineProperty(error, name, { value, enumerable, writable: true, configurable: true });
  if (error.name !== plain.name)
    Object.defineProperty(error, 'name', {
      value: plain.name,
      enumerable: false,
      writable: true,
      configurable: true,
    });
  return withStack(error, plain.stack);
}

function prototypeOf(plain: PlainError): object {
  const found =
    plain.class === undefined ? undefined : attempt(() => resolve(plain.class as FunctionReference));
  if (typeof found === 'function' && found.prototype instanceof Error) return found.prototype as object;
  return (libraryErrors[plain.base] ?? builtIns[plain.base] ?? Error).prototype;
}

function withStack<E extends Error>(error: E, stack: string): E {
  Object.defineProperty(error, 'stack', {
    value: stack,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return error;
}

/** Name of the class that an error arrives as when no module is known that exports its own. */
export function baseOf(error: Error): string {
  if (error instanceof DOMException) return 'DOMException';
  for (let at: object | null = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const name = (at.constructor as { name?: unknown } | undefined)?.name;
    if (typeof name === 'string' && (name in builtIns || (name in libraryErrors && 'code' in error)))
      return name;
  }
  return 'Error';
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : String(value);

/** Getters of errors are user code and may throw. */
function attempt<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
