/**
 * A pipe for what a child writes, for output of which there may be much. `spawn` would make a pair of sockets, which hold 280 short
 * writes and take twice the CPU for each. A pipe holds 64 KiB: it is left alone for a while after each read, so that a child that
 * writes line by line is read many lines at a time, and does not have to wake this process for each.
 */
import { closeSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { system } from '../native/current.ts';
import type { Pipe } from '../native/system.ts';

/** Time in ms after a read until the next: a child takes longer to fill the pipe with lines. */
const PAUSE = 1;
/** A read of so many bytes is followed by the next at once: the child writes faster than that. */
const MUCH = 16_384;
const CAPACITY = 65_536;

export class OutputPipe {
  readonly #ends: Pipe;

  private constructor(ends: Pipe) {
    this.#ends = ends;
  }

  /** Null where the system has none to give. */
  static open(): OutputPipe | null {
    const ends = system.pipe();
    return ends && new OutputPipe(ends);
  }

  /** Descriptor for the child. */
  get stdio(): number {
    return this.#ends.write;
  }

  /** Reads what is written. To be called when the child has been started: from then on it alone can write. */
  read(onBytes: (bytes: Buffer) => void): Socket {
    closeSync(this.#ends.write);
    const buffer = Buffer.allocUnsafeSlow(CAPACITY);
    const callback = (length: number): boolean => {
      onBytes(Buffer.from(buffer.subarray(0, length)));
      if (length >= MUCH) return true;
      setTimeout(() => source.resume(), PAUSE);
      return false;
    };
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: this.#ends.read,
      readable: true,
      writable: false,
      onread: { buffer, callback },
    };
    const source = new Socket(options);
    return source.resume();
  }

  /** Instead of `read`. */
  close(): void {
    closeSync(this.#ends.write);
    closeSync(this.#ends.read);
  }
}
