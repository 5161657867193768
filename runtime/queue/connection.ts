import { EOFError, ManycoreError } from '../errors.ts';
import type { WaitOptions } from '../executor/wait.ts';
import { type StackFrame, userFrames } from '../process/stack.ts';
import { registerFrom } from '../values/classes.ts';
import { ClaimedLink } from './claimed-link.ts';
import { valueFrom } from './decode-message.ts';
import { type Link, sending, type Ticket } from './link.ts';
import { bodyOf, FRAME, frameOf, valueFrame } from './message.ts';
import { Receiver } from './receiver.ts';

/** What an end of a pipe is for. */
interface Directions {
  readonly receives: boolean;
  readonly sends: boolean;
}

interface PlainConnection extends Directions {
  readonly ticket: Ticket;
}

/** Ends that came to this process and are open here, by the nonce of their ticket: a message may be decoded more than once. */
const arrived = new Map<string, Connection>();

/**
 * One end of a pipe or socket. Disposing it is `close()`; iterating receives until the other end is gone.
 *
 * ```ts
 * for await (const job of connection) await connection.send(work(job));
 * ```
 *
 * It keeps its process alive only while somebody waits on it. An end that nobody closes is closed when its process ends, in whatever way.
 */
export class Connection<T = unknown> implements AsyncIterable<T>, Disposable {
  readonly #link: Link;
  readonly #directions: Directions;
  readonly #receiver: Receiver;
  readonly #nonce: string | undefined;
  #state: 'open' | 'closed' | 'sent' = 'open';
  #waits = 0;

  /** @internal */
  static over<T>(link: Link, directions: Directions = both): Connection<T> {
    return new Connection<T>(link, directions, undefined);
  }

  /** Made by the runtime only. */
  private constructor(link: Link, directions: Directions, nonce: string | undefined) {
    this.#link = link;
    this.#directions = directions;
    this.#nonce = nonce;
    this.#receiver = new Receiver(link);
  }

  /**
   * Sends a value. Throws `SerializationError` at the call; rejects with `EOFError` when the other end is gone.
   *
   * Resolves when the system has the value, or, within one process and for an end that is on its way, when there is room for it:
   * who waits for each `send` fills no memory, however slowly the other end receives.
   */
  send(value: T): Promise<void> {
    const problem = this.#problem('sends');
    if (problem !== undefined) return Promise.reject(problem);
    let callers: readonly StackFrame[] | undefined;
    const undeliverable: (() => void)[] = [];
    const frame = valueFrame(value, () => (callers ??= userFrames(Connection.prototype.send)), undeliverable);
    return this.#held(sending(this.#link, frame, undeliverable));
  }

  /** Receives the next value. Rejects with `EOFError` when the other end is gone, `TimeoutError` after `timeout` ms. */
  recv(options: WaitOptions = {}): Promise<T> {
    return this.#receive(FRAME.value, options).then(valueIn) as Promise<T>;
  }

  /**
   * Sends `size` bytes from `offset` on as one message. Throws RangeError for a range outside of the buffer.
   * `offset` and `size` count bytes, also in an array of larger elements. Without `size` all that is behind `offset` is sent.
   */
  sendBytes(buffer: ArrayBufferView | ArrayBufferLike, offset = 0, size?: number): Promise<void> {
    const bytes = bytesOf(buffer, offset, size);
    const problem = this.#problem('sends');
    if (problem !== undefined) return Promise.reject(problem);
    return this.#held(sending(this.#link, frameOf(FRAME.bytes, bytes), []));
  }

  /**
   * Receives one message sent by `sendBytes`. Rejects with `ManycoreError` above `maxLength` bytes, `EOFError` at the end.
   * A message that is too long, or that holds a value, stays the next one to be received.
   */
  async recvBytes(maxLength = Number.POSITIVE_INFINITY): Promise<Buffer> {
    const body = bodyOf(await this.#receive(FRAME.bytes, {}, maxLength));
    // Small messages lie side by side in the memory in which they were received: none gets to see the others.
    return body.buffer.byteLength > body.length + 8 ? Buffer.from(body) : body;
  }

  /**
   * True when something can be received within `timeout` ms. Default 0: do not wait.
   * True, too, when the other end is gone, as in Python: `recv` tells at once.
   */
  async poll(timeout = 0): Promise<boolean> {
    const problem = this.#problem('receives');
    if (problem !== undefined) throw problem;
    return this.#held(this.#receiver.poll(timeout));
  }

  /** Closes this end. Later use throws `EOFError`. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#forget();
    this.#receiver.stop(closed());
    this.#link.close();
  }

  /** True after `close()`, and when this end was sent to another process. */
  get closed(): boolean {
    return this.#state !== 'open';
  }

  /** Ends when the other end is gone. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      let frame: Buffer;
      try {
        frame = await this.#receive(FRAME.value, {});
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
      yield (await valueIn(frame)) as T;
    }
  }

  /** `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #receive(type: number, options: WaitOptions, maxLength?: number): Promise<Buffer> {
    const problem = this.#problem('receives');
    if (problem !== undefined) return Promise.reject(problem);
    return this.#held(this.#receiver.next(type, options, maxLength));
  }

  #problem(direction: keyof Directions): Error | undefined {
    if (this.#state === 'closed') return closed();
    if (this.#state === 'sent')
      return new ManycoreError(
        'this end of the connection was sent to another process: it is not here any more',
      );
    if (this.#directions[direction]) return undefined;
    return new ManycoreError(`this end of the pipe only ${direction === 'sends' ? 'receives' : 'sends'}`);
  }

  #held<R>(waiting: Promise<R>): Promise<R> {
    if (this.#waits++ === 0) this.#link.hold(true);
    waiting.then(this.#letGo, this.#letGo);
    return waiting;
  }

  readonly #letGo = (): void => {
    if (--this.#waits === 0 && this.#state !== 'sent') this.#link.hold(false);
  };

  #forget(): void {
    if (this.#nonce !== undefined) arrived.delete(this.#nonce);
  }

  static {
    registerFrom(import.meta.url, Connection as unknown as abstract new () => Connection, {
      toPlain: (connection: Connection): PlainConnection => connection.#toPlain(),
      fromPlain: (plain: PlainConnection): Connection => Connection.#fromPlain(plain),
      moved: (connection, plain) => connection.#moved(plain),
    });
  }

  #toPlain(): PlainConnection {
    if (this.#state !== 'open') throw this.#problem('receives');
    if (this.#receiver.isAwaited)
      throw new ManycoreError('somebody still waits to receive from this end of the connection');
    return { ticket: this.#link.ticket(), ...this.#directions };
  }

  #moved(plain: PlainConnection): () => void {
    this.#state = 'sent';
    this.#forget();
    this.#link.leave(plain.ticket);
    // It is taken back and closed, which fails if somebody has it: then it was not lost.
    return () => Connection.#fromPlain(plain).close();
  }

  static #fromPlain({ ticket, receives, sends }: PlainConnection): Connection {
    const known = arrived.get(ticket.nonce);
    if (known !== undefined) return known;
    const connection = new Connection(new ClaimedLink(ticket), { receives, sends }, ticket.nonce);
    arrived.set(ticket.nonce, connection);
    return connection;
  }
}

const both: Directions = { receives: true, sends: true };

/** The value of a message, or a promise of it. */
const valueIn = (frame: Buffer): unknown => valueFrom(bodyOf(frame));

const closed = (): EOFError => new EOFError('the connection was closed');

function bytesOf(
  buffer: ArrayBufferView | ArrayBufferLike,
  offset: number,
  size: number | undefined,
): Uint8Array {
  const all = ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
  const length = size ?? all.length - offset;
  if (![offset, length].every((n) => Number.isInteger(n) && n >= 0) || offset + length > all.length)
    throw new RangeError(`${length} bytes from ${offset} on are not all in a buffer of ${all.length} bytes`);
  return all.subarray(offset, offset + length);
}
