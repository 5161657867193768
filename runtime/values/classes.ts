/**
 * Classes that know how to cross. The registry is kept on `globalThis`: the child's bootstrap and the user's module may load
 * two copies of the library.
 */
import { NotImportableError } from '../errors.ts';
import { moduleUrl, userFrames } from '../process/stack.ts';

/** How instances of a registered class cross. `P` is anything that crosses by itself. */
export interface ClassCodec<T, P> {
  /** Runs in the sending process. What it throws fails the send with `SerializationError`. */
  toPlain(value: T): P;
  /** Runs in the receiving process. */
  fromPlain(plain: P): T;
}

/** Codec of a class whose instances are in one process at a time: what was sent is not here any more. */
export interface MovingCodec<T, P> extends ClassCodec<T, P> {
  /**
   * The value that holds `value` was encoded as a whole, for which `toPlain` has to change nothing: it may be asked in vain.
   * Gives what is to be called by whoever knows that the bytes never arrived.
   */
  moved(value: T, plain: P): () => void;
}

export interface RegisteredClass {
  /** Module that registers it; importing it registers the class in any process. */
  readonly url: string;
  /** `url#name`. */
  readonly id: string;
  readonly codec: ClassCodec<unknown, unknown> & Partial<MovingCodec<unknown, unknown>>;
}

interface Registry {
  readonly byClass: Map<unknown, RegisteredClass>;
  readonly byId: Map<string, RegisteredClass>;
}

const key = Symbol.for('manycore.classes');

function registry(): Registry {
  const holder = globalThis as { [key]?: Registry };
  holder[key] ??= { byClass: new Map(), byId: new Map() };
  return holder[key];
}

/**
 * Lets instances of an exported class cross. To be called at the top level of the module that exports it.
 * Throws `NotImportableError` for a class without a name, and when no module can be seen to call.
 */
export function registerClass<T, P>(
  Class: abstract new (...args: never[]) => T,
  codec: ClassCodec<T, P>,
): void {
  const frame = userFrames(registerClass)[0];
  if (Class.name === '' || frame === undefined)
    throw new NotImportableError(
      `registerClass: ${Class.name || 'a class without a name'} cannot be found by other processes. ` +
        'Call registerClass at the top level of the module that exports the class.',
      Class.name,
      frame?.file,
      frame?.line,
    );
  registerFrom(moduleUrl(frame.url), Class, codec);
}

/**
 * The same for a class of this library. `url` is `import.meta.url` of the module that calls: in the source tree its own, in a bundle
 * that of all, which a process imports when it first receives such a value.
 */
export function registerFrom<T, P>(
  url: string,
  Class: abstract new (...args: never[]) => T,
  codec: ClassCodec<T, P> | MovingCodec<T, P>,
): void {
  const entry = { url, id: `${url}#${Class.name}`, codec: codec as RegisteredClass['codec'] };
  registry().byClass.set(Class, entry);
  registry().byId.set(entry.id, entry);
}

/** The entry of the class of `value`; undefined when it is not registered. */
export function registeredClassOf(value: object): RegisteredClass | undefined {
  const { byClass } = registry();
  return byClass.size === 0 ? undefined : byClass.get(value.constructor);
}

export function registeredClass(id: string): RegisteredClass | undefined {
  return registry().byId.get(id);
}
