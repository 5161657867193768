/**
 * Classes that know how to cross, and buffers that cross as themselves. The registry is kept on `globalThis`: the child's bootstrap and the user's module may load
 * two copies of the library.
 */
import { types } from 'node:util';
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
  /** Buffers whose memory several processes have: what lies in them crosses by their entry. */
  readonly byBuffer: WeakMap<object, RegisteredClass>;
  /** There was such a buffer. */
  shares: boolean;
}

const key = Symbol.for('manycore.classes');

function registry(): Registry {
  const holder = globalThis as { [key]?: Registry };
  holder[key] ??= { byClass: new Map(), byId: new Map(), byBuffer: new WeakMap(), shares: false };
  return holder[key];
}

/** Every value that is sent asks. */
const own = registry();

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
  own.byClass.set(Class, entry);
  own.byId.set(entry.id, entry);
}

/**
 * Gives a function that makes a buffer, and every view of it, cross by `codec`. `url` is as above, `name` tells from other codecs
 * of that module.
 */
export function registerBuffers<P>(
  url: string,
  name: string,
  codec: ClassCodec<ArrayBuffer | ArrayBufferView, P>,
): (buffer: ArrayBuffer) => void {
  const entry = { url, id: `${url}#${name}`, codec: codec as ClassCodec<unknown, unknown> };
  own.byId.set(entry.id, entry);
  return (buffer) => {
    own.byBuffer.set(buffer, entry);
    own.shares = true;
  };
}

/** The entry of the class of `value`, or of the buffer in which it lies; undefined when neither is registered. */
export function registeredClassOf(value: object): RegisteredClass | undefined {
  if (own.shares && isMemory(value)) return own.byBuffer.get(bufferOf(value));
  return own.byClass.size === 0 ? undefined : own.byClass.get(value.constructor);
}

/** True for a registered buffer and its views. */
export const isShared = (value: object): boolean =>
  own.shares && isMemory(value) && own.byBuffer.has(bufferOf(value));

export function registeredClass(id: string): RegisteredClass | undefined {
  return own.byId.get(id);
}

const isMemory = (value: object): value is ArrayBuffer | ArrayBufferView =>
  ArrayBuffer.isView(value) || types.isArrayBuffer(value);

const bufferOf = (value: ArrayBuffer | ArrayBufferView): object =>
  ArrayBuffer.isView(value) ? value.buffer : value;
