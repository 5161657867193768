/** What proxies have in common. */
import type { WaitOptions } from '../executor/wait.ts';
import { registerFrom } from '../values/classes.ts';
import { Client, type Place } from './client.ts';
import type { LATE } from './pending.ts';

/** An object in a manager: which one, and where. Everything of a proxy is in it, so that a proxy can be made of it again. */
export interface RemoteParts {
  readonly place: Place;
  /** Name of the object in the manager. */
  readonly name: string;
}

/**
 * A proxy. It crosses to any process and means the same object there; it carries the address of the manager and its key, which
 * whoever receives it can use.
 */
export class Remote<P extends RemoteParts = RemoteParts> {
  readonly #parts: P;
  readonly #client: Client;

  constructor(parts: P) {
    this.#parts = parts;
    this.#client = Client.at(parts.place);
  }

  /** @internal */
  get parts(): P {
    // Who gets it may call at once: what makes the object goes first.
    this.#client.flush();
    return this.#parts;
  }

  /** See `Client.call`. */
  protected call<R>(
    method: string,
    args?: Readonly<Record<string, unknown>>,
    options?: WaitOptions,
  ): Promise<R | typeof LATE> {
    return this.#client.call<R>(this.#parts.name, method, args, options);
  }

  /** The same for what never waits. */
  protected step<R = void>(method: string, args?: Readonly<Record<string, unknown>>): Promise<R> {
    return this.#client.call<R>(this.#parts.name, method, args) as Promise<R>;
  }
}

/** Lets proxies of a class cross. `url` is `import.meta.url` of its module. */
export function registerRemote<P extends RemoteParts>(url: string, Class: new (parts: P) => Remote<P>): void {
  registerFrom<Remote<P>, P>(url, Class, {
    toPlain: ({ parts }) => parts,
    fromPlain: (parts) => new Class(parts),
  });
}
