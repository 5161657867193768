/** Listens on an address and finds out who of those that connect holds the key. */
import { Server, type Socket } from 'node:net';
import { type Address, checkAddress, ipAddressNow } from './address.ts';
import { FramedSocket } from './framed-socket.ts';
import { examine, type Guest } from './handshake.ts';
import { listenOnPath, listenOnPort } from './listen-now.ts';

/** Time in ms in which who connects has to show that it holds the key. */
const HANDSHAKE_LIMIT = 10_000;
/** Who has not shown it yet; beyond these, the oldest is cut off. */
const MAX_STRANGERS = 64;

/** What is told of those who come. */
export interface Host {
  /** One that holds the key, and waits to be let in. */
  comes(guest: Guest, from: Address): void;
  /** One that holds another key was sent away. */
  refused(error: Error): void;
  /** The system let nobody in any more. */
  failed(error: Error): void;
}

/** Those that listen on a path: its file is removed with them, at the latest at the end of the process. */
const open = new Set<Door>();
let watching = false;

export class Door {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  readonly #server: Server;
  readonly #key: Buffer;
  readonly #host: Host;
  readonly #strangers = new Set<FramedSocket>();

  /** Does not keep the process alive before `hold`. Throws the system's error when the address cannot be had. */
  constructor(address: Address, key: Buffer, host: Host) {
    const place = checkAddress(address);
    this.#key = key;
    this.#host = host;
    this.#server = new Server({ noDelay: true }, (socket) => this.#examine(socket));
    if ('path' in place) {
      listenOnPath(this.#server, place.path, MAX_STRANGERS);
      this.address = place.path;
      removeAtExit(this);
    } else {
      const ip = ipAddressNow(place.host);
      listenOnPort(this.#server, ip, place.port, MAX_STRANGERS);
      this.address = [ip, (this.#server.address() as { port: number }).port];
    }
    this.#server.on('error', (error) => host.failed(error));
    this.#server.unref();
  }

  /** While it is held it keeps the process alive. */
  hold(held: boolean): void {
    if (held) this.#server.ref();
    else this.#server.unref();
  }

  /** Listens no more, and cuts off who has not shown the key yet. */
  close(): void {
    open.delete(this);
    this.#server.close();
    for (const framed of this.#strangers) framed.destroy();
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
    examine(framed, this.#key, HANDSHAKE_LIMIT).then(
      (guest) => {
        this.#strangers.delete(framed);
        if (guest !== undefined) this.#host.comes(guest, from);
      },
      (error: Error) => {
        this.#strangers.delete(framed);
        this.#host.refused(error);
      },
    );
  }
}

function removeAtExit(door: Door): void {
  open.add(door);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const one of open) one.close();
  });
}
