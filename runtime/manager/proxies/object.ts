import type { WorkerFunction } from '../../pool/options.ts';
import { registerFrom } from '../../values/classes.ts';
import { Client } from '../client.ts';
import type { RemoteParts } from '../remote.ts';

/** Any class. */
export type Constructor = new (...args: never[]) => object;

/** A class of which nothing is known. */
export type DynamicConstructor = new (...args: unknown[]) => Record<string, (...args: unknown[]) => unknown>;

/**
 * The methods of `T`, asynchronous. Each rejects with what the method threw, `SerializationError`, or `EOFError` after `shutdown()`.
 * Methods that wait for something may be called by others meanwhile. A method `then` is left out.
 */
export type ObjectProxy<T> = {
  readonly [K in keyof T as T[K] extends WorkerFunction ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

export interface ObjectParts extends RemoteParts {
  /** Names of the methods of the object. */
  readonly methods: readonly string[];
}

/** Has no methods of its own but those of the object: it may have methods of any name. */
export class RemoteObject {
  readonly #parts: ObjectParts;
  readonly #client: Client;

  constructor(parts: ObjectParts) {
    this.#parts = parts;
    this.#client = Client.at(parts.place);
    for (const method of parts.methods) {
      const call = async (...args: unknown[]) => this.#client.call(parts.name, method, { args });
      Object.defineProperty(this, method, { value: call });
    }
  }

  static {
    registerFrom<RemoteObject, ObjectParts>(import.meta.url, RemoteObject, {
      toPlain: (remote) => {
        remote.#client.flush();
        return remote.#parts;
      },
      fromPlain: (parts) => new RemoteObject(parts),
    });
  }
}
