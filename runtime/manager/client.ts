/**
 * The connection of this process to a manager. All proxies of that manager share it; their calls are answered in any order. It is
 * made when it is first needed, and keeps the process alive only while a call waits for its answer.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { EOFError } from '../errors.ts';
import type { WaitOptions } from '../executor/wait.ts';
import { onAbort } from '../pool/abort.ts';
import { delay } from '../pool/delay.ts';
import { userFrames } from '../process/stack.ts';
import { type Address, checkAddress } from '../queue/address.ts';
import { FramedSocket } from '../queue/framed-socket.ts';
import { askToEnter } from '../queue/handshake.ts';
import { frameOf } from '../queue/message.ts';
import { type ByteReader, ByteWriter } from '../transport/bytes.ts';
import { encodeNow } from '../values/encode-now.ts';
import { Outbox } from './outbox.ts';
import { abortError, type LATE, Pending } from './pending.ts';
import { appendSized, FROM_MANAGER, MARKED, readFrame, TO_MANAGER } from './protocol.ts';

/** Where a manager is to be had, and what it asks for. */
export interface Place {
  readonly address: Address;
  readonly key: Buffer;
  /** Its random name. */
  readonly manager: string;
}

/** Connections that are open, or were not needed yet, by the name of the manager. */
const clients = new Map<string, Client>();

export class Client {
  readonly address: Address;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly #key: Buffer;
  /** Random name of this connection. */
  readonly #name = randomBytes(8).toString('hex');
  readonly #pending = new Map<number, Pending>();
  readonly #out = new Outbox();
  #manager: string | undefined;
  #framed: FramedSocket | undefined;
  #opening: Promise<void> | undefined;
  #end: () => void = () => {};
  /** Tells why nothing can be called any more. */
  #gone: (() => Error) | undefined;
  #calls = 0;
  #objects = 0;

  /** The one to this manager. */
  static at({ address, key, manager }: Place): Client {
    const known = clients.get(manager);
    if (known !== undefined) return known;
    const client = new Client(address, key, manager);
    clients.set(manager, client);
    return client;
  }

  /** The one to whatever manager is there. Rejects with `AuthenticationError` and the system's error. */
  static async to(address: Address, key: Buffer): Promise<Client> {
    const client = new Client(address, key, undefined);
    await client.open();
    const { manager } = client.place;
    const known = clients.get(manager);
    if (known === undefined) clients.set(manager, client);
    else client.close();
    return known ?? client;
  }

  private constructor(address: Address, key: Buffer, manager: string | undefined) {
    this.address = address;
    this.#key = key;
    this.#manager = manager;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get place(): Place {
    return { address: this.address, key: this.#key, manager: this.#manager ?? '' };
  }

  /** A name for a new object. */
  newName(): string {
    return `${this.#name}.${++this.#objects}`;
  }

  /** Connects, if that was not done yet. Rejects with `AuthenticationError` and the system's error. */
  open(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** What was called so far is on its way when this returns. */
  flush(): void {
    this.#out.flush();
  }

  close(): void {
    this.#lose(closed);
    this.#framed?.end();
  }

  /**
   * Calls a method. Messages call an argument by its name in `args`, whose order is that of the method. Resolves to `LATE` when
   * nothing came of it within `timeout` ms; rejects with what the method threw, `AbortError` and `EOFError`.
   * @throws {SerializationError}
   */
  call<R>(
    object: string,
    method: string,
    args: Readonly<Record<string, unknown>> = {},
    options: WaitOptions = {},
  ): Promise<R | typeof LATE> {
    const { signal } = options;
    checkTimeout(options.timeout);
    if (signal?.aborted === true) return Promise.reject(abortError(signal));
    if (this.#gone !== undefined) return Promise.reject(this.#gone());
    const undeliverable: (() => void)[] = [];
    const number = this.#write(object, method, args, undeliverable);
    const caller: { stack?: string } = {};
    Error.captureStackTrace(caller, this.call);
    return new Promise<unknown>((resolve, reject) => {
      const pending = new Pending(resolve, reject, caller, undeliverable);
      this.#pending.set(number, pending);
      this.#watch(number, pending, options);
      this.#weigh();
      this.open().catch((cause: unknown) => this.#lose(() => gone(cause)));
    }) as Promise<R | typeof LATE>;
  }

  #write(
    object: string,
    method: string,
    args: Readonly<Record<string, unknown>>,
    undeliverable: (() => void)[],
  ): number {
    const number = this.#calls;
    this.#calls = (number + 1) >>> 0;
    const callers = () => userFrames(Client.prototype.call);
    try {
      this.#out.add(TO_MANAGER.call, (frame) => {
        frame.u32(number);
        frame.text(object);
        frame.text(method);
        for (const name of Object.keys(args))
          appendSized(frame, () => encodeNow(args[name], frame, name, callers, undeliverable));
      });
    } catch (error) {
      for (const one of undeliverable) one();
      throw error;
    }
    return number;
  }

  /** The manager decides whether it was in time: what it has given is never lost. */
  #watch(number: number, pending: Pending, { timeout, signal }: WaitOptions): void {
    if (timeout === undefined && signal === undefined) return;
    const withdraw = () => this.#out.add(TO_MANAGER.withdraw, (frame) => frame.u32(number));
    const off = onAbort(signal, () => {
      pending.aborted = signal;
      withdraw();
    });
    const timer = timeout !== undefined && timeout > 0 ? setTimeout(withdraw, delay(timeout)) : undefined;
    if (timeout !== undefined && timeout <= 0) withdraw();
    pending.settled = () => {
      clearTimeout(timer);
      off();
    };
  }

  async #open(): Promise<void> {
    const framed = new FramedSocket(connect({ ...checkAddress(this.address), noDelay: true }));
    this.#framed = framed;
    framed.hold(true);
    let known: () => void = () => {};
    const welcome = new Promise<void>((resolve, reject) => {
      known = resolve;
      void this.ended.then(() => reject(this.#gone?.()));
    });
    welcome.catch(() => {}); // Nobody waits for it when the handshake has failed.
    await askToEnter(framed, this.#key, () => this.#enter(framed, known));
    await welcome;
    this.#weigh();
  }

  #enter(framed: FramedSocket, known: () => void): void {
    const hello = new ByteWriter();
    hello.text(this.#name);
    hello.u32(process.pid);
    framed.write(frameOf(TO_MANAGER.hello, hello.written()));
    framed.onEnd = () => this.#lose(gone);
    framed.onFrame = (frame) => {
      const [type, body] = readFrame(frame);
      if (type === FROM_MANAGER.answer) this.#answer(body);
      else if (type === FROM_MANAGER.welcome) {
        const manager = body.text();
        this.#manager ??= manager;
        if (this.#manager !== manager) this.close();
        else {
          this.#out.open(framed);
          known();
        }
      }
    };
  }

  #answer(body: ByteReader): void {
    const number = body.u32();
    const kind = body.u8();
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (kind >= MARKED) this.#out.add(TO_MANAGER.received, (frame) => frame.u32(number));
    pending?.answer(kind % MARKED, body);
    this.#weigh();
  }

  #lose(why: () => Error): void {
    if (this.#gone !== undefined) return;
    this.#gone = why;
    if (clients.get(this.#manager ?? '') === this) clients.delete(this.#manager ?? '');
    this.#out.close();
    this.#end();
    for (const pending of this.#pending.values()) pending.lose(why());
    this.#pending.clear();
    this.#weigh();
  }

  #weigh(): void {
    this.#framed?.hold(this.#pending.size > 0 && this.#gone === undefined);
  }
}

function checkTimeout(timeout: unknown): void {
  if (timeout !== undefined && (typeof timeout !== 'number' || Number.isNaN(timeout)))
    throw new RangeError(`timeout must be a number of ms, received ${String(timeout)} (${typeof timeout})`);
}

const gone = (cause?: unknown): EOFError =>
  new EOFError('the manager is gone: it was shut down or has died', cause === undefined ? {} : { cause });
const closed = (): EOFError => new EOFError('the connection to the manager was closed');
