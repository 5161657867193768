/**
 * Frames on a byte stream: `u32 LE length of type and body | u8 type | body`. A frame has at most `MAX_FRAME` bytes.
 * What types and bodies mean is the business of `process/protocol.ts`.
 */
import { ByteReader, ByteWriter } from './bytes.ts';

/** 1 GiB: below what one Buffer may hold on every platform, above what one value should. */
export const MAX_FRAME = 2 ** 30;

const HEADER = 5;

/** A frame being written. */
export class FrameWriter extends ByteWriter {
  constructor(type: number, capacity = 256) {
    super(capacity);
    this.u32(0);
    this.u8(type);
  }

  /** The whole frame; the writer must not be used any more. */
  finish(): Buffer {
    const body = this.length - 4;
    if (body > MAX_FRAME)
      throw new RangeError(
        `a message of ${body} bytes is larger than ${MAX_FRAME}: pass a file or smaller parts`,
      );
    this.patchU32(0, body);
    return this.view();
  }
}

/** One received frame. The body is a view on received bytes: decode it before the handler returns, or keep it whole. */
export interface Frame {
  readonly type: number;
  readonly body: ByteReader;
}

/** Cuts a stream of chunks into frames. */
export class FrameSplitter {
  readonly #onFrame: (frame: Frame) => void;
  #parts: Buffer[] = [];
  #have = 0;
  #need = HEADER;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Bytes of a frame that never got whole; 0 between frames. */
  get pending(): number {
    return this.#have;
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    let buffer = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#have);
    while (buffer.length >= HEADER) {
      const end = 4 + buffer.readUInt32LE(0);
      if (end - 4 > MAX_FRAME) throw new RangeError(`broken stream: a frame of ${end - 4} bytes`);
      if (buffer.length < end) {
        this.#keep(buffer, end);
        return;
      }
      this.#onFrame({ type: buffer.readUInt8(4), body: new ByteReader(buffer.subarray(0, end), HEADER) });
      buffer = buffer.subarray(end);
    }
    this.#keep(buffer, HEADER);
  }

  #keep(buffer: Buffer, need: number): void {
    this.#parts = buffer.length === 0 ? [] : [buffer];
    this.#have = buffer.length;
    this.#need = need;
  }
}
