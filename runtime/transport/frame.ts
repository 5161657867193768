/**
 * Frames: `u32 LE length of type and body | u8 type | body`, on a byte stream or in a ring. A frame has at most `MAX_FRAME`
 * bytes. What types below `FIRST_OWN_TYPE` and their bodies mean is the business of `process/protocol.ts`.
 */
import { ByteReader } from './bytes.ts';

/** 1 GiB: below what one Buffer may hold on every platform, above what one value should. */
export const MAX_FRAME = 2 ** 30;
/** Bytes before the body. */
export const HEADER = 5;

/** Types of the transport itself. */
export const FIRST_OWN_TYPE = 240;
export const OWN = {
  /** On the socket: look into the ring. */
  wake: 240,
  /** Parent to child on the socket: there is a segment at `SEGMENT_FD`; map it when there is time. */
  offer: 241,
  /** On the socket, the last frame there: what follows is in the ring. */
  toRing: 242,
  /** In a ring: bytes of a frame that is too large for it. */
  part: 243,
  /** The last of them: the frame is whole. */
  last: 244,
  /** In a ring, the last frame there: u8 level of the ring in which the next one is. */
  grow: 245,
  /** A frame of the user that holds nothing but a number: f64. Those that follow each other are handed over together. */
  number: 246,
} as const;

/** In a body of several numbers: from one to the next. */
export const NUMBER_STRIDE: number = HEADER + 8;

/** Gets a frame. The body is a view on received bytes: what is needed later is copied before this returns. */
export type FrameHandler = (type: number, body: ByteReader) => void;

/** @throws {RangeError} for a message that is too large. */
export function checkFrameSize(body: number): void {
  if (body <= MAX_FRAME) return;
  throw new RangeError(
    `a message of ${body} bytes is larger than ${MAX_FRAME}: pass a file or smaller parts`,
  );
}

/** Cuts a stream of chunks into frames. */
export class FrameSplitter {
  readonly #onFrame: FrameHandler;
  #parts: Buffer[] = [];
  #have = 0;
  #need = HEADER;

  constructor(onFrame: FrameHandler) {
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
    const buffer = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#have);
    const reader = new ByteReader(buffer);
    let at = 0;
    while (buffer.length - at >= HEADER) {
      const end = at + 4 + buffer.readUInt32LE(at);
      if (end - at - 4 > MAX_FRAME) throw new RangeError(`broken stream: a frame of ${end - at - 4} bytes`);
      if (buffer.length < end) {
        this.#keep(buffer.subarray(at), end - at);
        return;
      }
      const type = buffer[at + 4] as number;
      this.#onFrame(type, reader.part(at + HEADER, end));
      at = end;
    }
    this.#keep(buffer.subarray(at), HEADER);
  }

  #keep(buffer: Buffer, need: number): void {
    this.#parts = buffer.length === 0 ? [] : [buffer];
    this.#have = buffer.length;
    this.#need = need;
  }
}
