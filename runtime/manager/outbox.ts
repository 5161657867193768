/** Frames on their way into a socket: what is written in one turn of the event loop goes out together. */
import type { FramedSocket } from '../queue/framed-socket.ts';
import { ByteWriter } from '../transport/bytes.ts';
import { appendFrame } from './protocol.ts';

/** Bytes that do not wait for more. */
const ENOUGH = 65_536;

export class Outbox {
  #writer = new ByteWriter(1024);
  readonly #full: () => void;
  #framed: FramedSocket | undefined;
  #due: NodeJS.Immediate | undefined;

  /** `full` is called when the system takes no more for now. */
  constructor(full: () => void = () => {}) {
    this.#full = full;
  }

  /** From now on frames go out; those that are there go first. */
  open(framed: FramedSocket): void {
    this.#framed = framed;
    this.flush();
  }

  /** Appends a frame. @throws what `body` throws, and nothing is sent of it. */
  add(type: number, body: (writer: ByteWriter) => void): void {
    appendFrame(this.#writer, type, body);
    if (this.#framed === undefined) return;
    if (this.#writer.length >= ENOUGH) this.flush();
    else this.#due ??= setImmediate(() => this.flush());
  }

  /** Gives the system what there is. */
  flush(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    if (this.#framed === undefined || this.#writer.length === 0) return;
    const large = this.#writer.length >= ENOUGH;
    const bytes = large ? this.#writer.take() : Buffer.from(this.#writer.written());
    if (!large) this.#writer.truncate(0);
    if (!this.#framed.write(bytes)) this.#full();
  }

  /** Nothing goes out any more. */
  close(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    this.#framed = undefined;
    this.#writer = new ByteWriter(1);
  }
}
