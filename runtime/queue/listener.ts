import { EOFError } from '../errors.ts';
import { type Address, keyBytes, type ListenerOptions } from './address.ts';
import { Connection } from './connection.ts';
import { Door } from './door.ts';
import type { Guest } from './handshake.ts';
import { SocketLink } from './socket-link.ts';

/** Refusals that nobody has accepted yet; beyond these, the oldest is forgotten. */
const MAX_FAILURES = 16;

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

interface Accepted {
  readonly connection: Connection;
  readonly from: Address;
}

/**
 * Accepts connections from other processes. Disposing it is `close()`.
 *
 * ```ts
 * using listener = new Listener(['127.0.0.1', 0], { authKey });
 * const connection = await listener.accept(); // the other process: await connect(listener.address, { authKey })
 * ```
 *
 * Both sides prove that they hold the key before anything else is read; what is sent later is neither encrypted nor signed, and a
 * value may name modules that the receiver imports. A host other than the loopback one lets other machines in: that is for you to decide.
 */
export class Listener implements Disposable {
  readonly #door: Door;
  readonly #backlog: number;
  /** Clients that hold the key, for which there was no room yet: their `connect` waits. */
  readonly #guests: (Guest & { readonly from: Address })[] = [];
  readonly #ready: Accepted[] = [];
  readonly #failures: Error[] = [];
  readonly #waiters: Waiter[] = [];
  #lastAccepted: Address | null = null;
  #closed = false;

  /** Listens on `address`; port 0 lets the system choose. Throws the system's error when the address cannot be had. */
  constructor(address: Address, options: ListenerOptions) {
    const key = keyBytes(options);
    const { backlog = 1 } = options;
    if (!Number.isInteger(backlog) || backlog < 1)
      throw new RangeError(`backlog must be an integer from 1 on, received ${String(backlog)}`);
    this.#backlog = backlog;
    this.#door = new Door(address, key, {
      comes: (guest, from) => this.#comes({ ...guest, from }),
      refused: (error) => this.#refused(error),
      failed: (error) => this.#fail(error),
    });
  }

  /** Where it listens, with the port that the system chose. */
  get address(): Address {
    return this.#door.address;
  }

  /** The next connection, after the handshake. Rejects with `AuthenticationError` for a wrong key, `EOFError` after `close()`. */
  accept<T = unknown>(): Promise<Connection<T>> {
    return new Promise<Connection>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    }) as Promise<Connection<T>>;
  }

  /** Stops listening. Connections that were accepted stay open. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#door.close();
    for (const { framed } of this.#guests.splice(0)) framed.end();
    for (const { connection } of this.#ready.splice(0)) connection.close();
    this.#failures.length = 0;
    this.#serve();
  }

  /** Where the last accepted connection came from, or null. A Unix socket tells no more than ''. */
  get lastAccepted(): Address | null {
    return this.#lastAccepted;
  }

  /** `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #comes(guest: Guest & { readonly from: Address }): void {
    const { framed } = guest;
    framed.onEnd = () => this.#leaves(framed);
    this.#guests.push(guest);
    this.#serve();
  }

  #refused(error: Error): void {
    this.#failures.push(error);
    if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
    this.#serve();
  }

  /** A guest that gave up. */
  #leaves(framed: Guest['framed']): void {
    const at = this.#guests.findIndex((guest) => guest.framed === framed);
    if (at >= 0) this.#guests.splice(at, 1);
  }

  #serve(): void {
    while (this.#closed && this.#guests.length > 0) this.#guests.pop()?.framed.end();
    while (this.#guests.length > 0 && this.#ready.length < this.#backlog + this.#waiters.length)
      this.#letIn(this.#guests.shift() as Guest & { readonly from: Address });
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      // Those that hold the key first: no number of strangers keeps them out.
      const accepted = this.#ready.shift();
      const failure = accepted === undefined ? this.#failures.shift() : undefined;
      if (accepted === undefined && failure === undefined && !this.#closed) break;
      this.#waiters.shift();
      if (accepted !== undefined) {
        this.#lastAccepted = accepted.from;
        waiter.resolve(accepted.connection);
      } else waiter.reject(failure ?? new EOFError('the listener was closed'));
    }
    this.#door.hold(this.#waiters.length > 0);
  }

  #letIn({ framed, from, welcome }: Guest & { readonly from: Address }): void {
    this.#ready.push({ connection: Connection.over(new SocketLink(framed)), from });
    welcome();
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
