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
  /** A frame is being written. */
  #writing = false;
  /** Whole frames that are to follow it: code of the user that runs for its values may call, too. */
  readonly #next: Buffer[] = [];

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
    if (this.#writing) {
      const writer = new ByteWriter();
      appendFrame(writer, type, body);
      this.#next.push(writer.take());
      return;
    }
    this.#writing = true;
    try {
      appendFrame(this.#writer, type, body);
    } finally {
      this.#writing = false;
      for (const frame of this.#next.splice(0)) this.#writer.bytes(frame);
      this.#weigh();
    }
  }

  /** Gives the system what there is; a frame that is being written, and what is before it, goes later. */
  flush(): void {
    if (this.#writing) return;
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

  #weigh(): void {
    if (this.#framed === undefined) return;
    if (this.#writer.length >= ENOUGH) this.flush();
    else this.#due ??= setImmediate(() => this.flush());
  }
}
