/** One process that uses the manager, and its calls, as the manager sees them. */
import { ManycoreError } from '../errors.ts';
import { encodeThrown } from '../process/thrown.ts';
import { decodeMessage } from '../queue/decode-message.ts';
import type { FramedSocket } from '../queue/framed-socket.ts';
import { ByteReader, ByteWriter } from '../transport/bytes.ts';
import { decode, encode } from '../values/codec.ts';
import { Outbox } from './outbox.ts';
import { ANSWER, appendSized, FROM_MANAGER, MARKED, readFrame, TO_MANAGER } from './protocol.ts';

/** Longest name of a client; nobody sends a longer one. */
const MAX_NAME = 64;

/** What a client may hold, and gives up with its end. */
export interface Holding {
  abandon(by: Session): void;
}

/** What a session asks of its manager. */
export interface SessionHost {
  /** Its client has said who it is. */
  enters(session: Session): void;
  handle(call: Call): void;
  /** Its client is gone. */
  leaves(session: Session): void;
}

export class Session {
  /** Name of the client; empty until it is known. */
  client = '';
  pid = 0;
  /** What the client holds now. */
  readonly held = new Set<Holding>();
  readonly #framed: FramedSocket;
  readonly #host: SessionHost;
  readonly #out: Outbox;
  /** Calls that have no answer yet. */
  readonly #calls = new Map<number, Call>();
  /** What is to be done for answers that do not arrive, by the numbers of their calls. */
  readonly #marked = new Map<number, () => void>();
  #gone = false;

  constructor(framed: FramedSocket, host: SessionHost) {
    this.#framed = framed;
    this.#host = host;
    // A client that does not read its answers gets no more of them.
    this.#out = new Outbox(() => framed.pause());
    this.#out.open(framed);
    framed.onFrame = (frame) => this.#take(frame);
    framed.onEnd = () => this.#end();
    framed.onDrain = () => framed.resume();
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Tells the client that it is known. */
  welcome(manager: string): void {
    this.#out.add(FROM_MANAGER.welcome, (frame) => frame.text(manager));
  }

  /** Ends the connection, after what was answered so far. */
  close(): void {
    this.#out.flush();
    this.#framed.end();
    this.#end();
  }

  /** `undelivered` is called if the client ends before the answer has arrived. @internal */
  answer(call: Call, kind: number, body?: (frame: ByteWriter) => void, undelivered?: () => void): void {
    this.#calls.delete(call.number);
    if (this.#gone) {
      undelivered?.();
      return;
    }
    if (undelivered !== undefined) this.#marked.set(call.number, undelivered);
    this.#out.add(FROM_MANAGER.answer, (frame) => {
      frame.u32(call.number);
      frame.u8(kind + (undelivered === undefined ? 0 : MARKED));
      body?.(frame);
    });
  }

  #take(frame: Buffer): void {
    const [type, body] = readFrame(frame);
    if (this.client === '') {
      const name = type === TO_MANAGER.hello ? body.text() : '';
      if (name === '' || name.length > MAX_NAME) {
        this.#framed.destroy();
        return;
      }
      this.client = name;
      this.pid = body.u32();
      this.#host.enters(this);
      return;
    }
    const number = body.u32();
    if (type === TO_MANAGER.withdraw) this.#calls.get(number)?.withdraw();
    else if (type === TO_MANAGER.received) this.#marked.delete(number);
    else if (type === TO_MANAGER.call) {
      const call = new Call(this, number, body);
      this.#calls.set(number, call);
      this.#host.handle(call);
    }
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#out.close();
    for (const call of this.#calls.values()) call.withdraw(true);
    // The last item that was on its way comes back first: then they stand in their order.
    for (const undelivered of [...this.#marked.values()].reverse()) undelivered();
    for (const held of [...this.held]) held.abandon(this);
    this.#host.leaves(this);
  }
}

/** A call of a client; it is answered once. */
export class Call {
  readonly session: Session;
  readonly number: number;
  /** Name of the object. */
  readonly object: string;
  readonly method: string;
  readonly #body: ByteReader;
  readonly #start: number;
  #answered = false;
  #withdrawn = false;
  #leave: ((gone: boolean) => void) | undefined;

  constructor(session: Session, number: number, body: ByteReader) {
    this.session = session;
    this.number = number;
    this.#body = body;
    this.object = body.text();
    this.method = body.text();
    this.#start = body.offset;
  }

  /** Reads the arguments from the first one on. */
  rewind(): void {
    this.#body.seek(this.#start);
  }

  /** True when there is another argument. */
  get hasMore(): boolean {
    return this.#body.left > 0;
  }

  /** The next argument as it came, in memory of its own. */
  bytes(): Buffer {
    return Buffer.from(this.#body.bytes(this.#body.u32()));
  }

  /** The next argument, which holds nothing that needs a module. */
  value<T>(): T {
    return decode(new ByteReader(this.bytes())) as T;
  }

  /** The next argument. Rejects with `ManycoreError` when it cannot be decoded here. */
  async anyValue<T>(): Promise<T> {
    return (await decodeMessage(this.bytes())) as T;
  }

  done(): void {
    this.#answer(ANSWER.nothing);
  }

  /** Answers with a value that needs no module. */
  give(value: unknown, undelivered?: () => void): void {
    this.#answer(ANSWER.value, (frame) => encode(value, frame, () => 'answer'), undelivered);
  }

  /** Answers with a value as it is stored; undefined is nothing. */
  giveBytes(bytes: Buffer | undefined, undelivered?: () => void): void {
    if (bytes === undefined) this.done();
    else this.#answer(ANSWER.value, (frame) => frame.bytes(bytes), undelivered);
  }

  giveList(values: Iterable<Buffer>): void {
    this.#answer(ANSWER.list, (frame) => {
      for (const bytes of values) appendSized(frame, () => frame.bytes(bytes));
    });
  }

  /** `url` is the module in which the class of the error is looked for first. Never throws. */
  fail(thrown: unknown, url = ''): void {
    if (this.#answered) return;
    if (thrown instanceof ManycoreError) {
      this.#answer(ANSWER.error, errorBody({ url: '', value: encoded(thrown) }));
      return;
    }
    // The class is looked for, which takes a while: what comes meanwhile is too late.
    this.#settle();
    void encodeThrown(thrown, url).then((error) => this.session.answer(this, ANSWER.error, errorBody(error)));
  }

  /**
   * It waits, if it was not answered yet. `leave` is called when it is withdrawn, and when its client is `gone`: it gives up, or
   * goes on to wait.
   */
  waits(leave: (gone: boolean) => void): void {
    if (this.#answered) return;
    this.#leave = leave;
    if (this.#withdrawn) leave(this.session.isGone);
  }

  /** It came to nothing. */
  giveUp(): void {
    this.#answer(ANSWER.withdrawn);
  }

  /** Nobody waits for it any more; the client may be `gone`. */
  withdraw(gone = false): void {
    this.#withdrawn = true;
    this.#leave?.(gone);
  }

  #answer(kind: number, body?: (frame: ByteWriter) => void, undelivered?: () => void): void {
    if (this.#answered) return;
    this.#settle();
    this.session.answer(this, kind, body, undelivered);
  }

  #settle(): void {
    this.#answered = true;
    this.#leave = undefined;
  }
}

const errorBody =
  ({ url, value }: { readonly url: string; readonly value: Buffer }) =>
  (frame: ByteWriter): void => {
    frame.text(url);
    frame.bytes(value);
  };

function encoded(error: unknown): Buffer {
  const writer = new ByteWriter();
  encode(error, writer, () => 'error');
  return writer.take();
}
