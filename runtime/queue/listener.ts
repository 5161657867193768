import { Server, type Socket } from 'node:net';
import { EOFError } from '../errors.ts';
import { type Address, checkAddress, ipAddressNow, keyBytes, type ListenerOptions } from './address.ts';
import { Connection } from './connection.ts';
import { FramedSocket } from './framed-socket.ts';
import { examine, type Guest } from './handshake.ts';
import { listenOnPath, listenOnPort } from './listen-now.ts';
import { SocketLink } from './socket-link.ts';

/** Time in ms in which who connects has to show that it holds the key. */
const HANDSHAKE_LIMIT = 10_000;
/** Who has not shown it yet; beyond these, the oldest is cut off. */
const MAX_STRANGERS = 64;
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

/** Those that listen on a path: its file is removed with them, at the latest at the end of the process. */
const open = new Set<Listener>();
let watching = false;

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
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  readonly #server: Server;
  readonly #key: Buffer;
  readonly #backlog: number;
  readonly #strangers = new Set<FramedSocket>();
  /** Clients that hold the key, for which there was no room yet: their `connect` waits. */
  readonly #guests: (Guest & { readonly from: Address })[] = [];
  readonly #ready: Accepted[] = [];
  readonly #failures: Error[] = [];
  readonly #waiters: Waiter[] = [];
  #lastAccepted: Address | null = null;
  #closed = false;

  /** Listens on `address`; port 0 lets the system choose. Throws the system's error when the address cannot be had. */
  constructor(address: Address, options: ListenerOptions) {
    const place = checkAddress(address);
    this.#key = keyBytes(options);
    const { backlog = 1 } = options;
    if (!Number.isInteger(backlog) || backlog < 1)
      throw new RangeError(`backlog must be an integer from 1 on, received ${String(backlog)}`);
    this.#backlog = backlog;
    this.#server = new Server({ noDelay: true }, (socket) => this.#examine(socket));
    if ('path' in place) {
      listenOnPath(this.#server, place.path, MAX_STRANGERS);
      this.address = place.path;
      removeAtExit(this);
    } else {
      const host = ipAddressNow(place.host);
      listenOnPort(this.#server, host, place.port, MAX_STRANGERS);
      this.address = [host, (this.#server.address() as { port: number }).port];
    }
    this.#server.on('error', (error) => this.#fail(error));
    this.#server.unref();
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
    open.delete(this);
    this.#server.close();
    for (const framed of this.#strangers) framed.destroy();
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

  #examine(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    const from: Address =
      remoteAddress === undefined || remotePort === undefined ? '' : [remoteAddress, remotePort];
    const framed = new FramedSocket(socket);
    this.#strangers.add(framed);
    for (const oldest of this.#strangers) {
      if (this.#strangers.size <= MAX_STRANGERS) break;
      this.#strangers.delete(oldest);
      oldest.destroy();
    }
    void examine(framed, this.#key, HANDSHAKE_LIMIT)
      .then(
        (guest) => {
          if (guest === undefined) return;
          framed.onEnd = () => this.#leaves(framed);
          this.#guests.push({ ...guest, from });
        },
        (error: Error) => this.#failures.push(error),
      )
      .finally(() => {
        this.#strangers.delete(framed);
        if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
        this.#serve();
      });
  }

  /** A guest that gave up. */
  #leaves(framed: FramedSocket): void {
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
    if (this.#waiters.length > 0) this.#server.ref();
    else this.#server.unref();
  }

  #letIn({ framed, from, welcome }: Guest & { readonly from: Address }): void {
    this.#ready.push({ connection: Connection.over(new SocketLink(framed)), from });
    welcome();
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}

function removeAtExit(listener: Listener): void {
  open.add(listener);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const one of open) one.close();
  });
}
