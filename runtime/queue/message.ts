/**
 * What goes over a connection: frames `u32 LE length of type and body | u8 type | body`, as `transport/frame.ts` cuts them.
 *
 *   1 value: as `values/codec.ts` writes it | 2 bytes: as given
 *
 * Handshake of `Listener` and `connect`, as `handshake.ts` says: 16 challenge | 17 answer | 18 welcome | 19 failure
 *
 * Between a process that an end of a `Pipe` came to and the hub of that pipe, as `hub.ts` says:
 *
 *   to the hub:   32 claim: a ticket as JSON, the first frame
 *                 33 back: a frame that was received and that nobody took here
 *                 34 leave: u32 hop, u32 messages received, nonce as text
 *                 35 left: nothing comes back any more
 *   from the hub: 36 refused: somebody else took the ticket
 *                 37 stop: nothing more is sent here; answered by `left`
 *                 38 ended: the other end of the pipe is gone
 */
import type { StackFrame } from '../process/stack.ts';
import { ByteWriter } from '../transport/bytes.ts';
import { checkFrameSize, HEADER } from '../transport/frame.ts';
import { encodeNow } from '../values/encode-now.ts';

export const FRAME = {
  value: 1,
  bytes: 2,
  challenge: 16,
  answer: 17,
  welcome: 18,
  failure: 19,
  claim: 32,
  back: 33,
  leave: 34,
  left: 35,
  refused: 36,
  stop: 37,
  ended: 38,
} as const;

/** One message on its way. */
export interface Message {
  /** Head and body. */
  readonly frame: Buffer;
  /** Called once the other end, or the system, has it. */
  taken?: (() => void) | undefined;
  /** Called instead when nobody can take it any more. */
  lost?: (() => void) | undefined;
}

export const typeOf = (frame: Buffer): number => frame[HEADER - 1] as number;
export const bodyOf = (frame: Buffer): Buffer => frame.subarray(HEADER);
/** True for what the user sends; the rest is between the two sides. */
export const isMessage = (frame: Buffer): boolean => typeOf(frame) <= FRAME.bytes;

/**
 * A message that holds `value`. What is to be called if it never arrives is added to `undeliverable`.
 * @throws {SerializationError | RangeError} for what cannot cross, and what is too large.
 */
export function valueFrame(
  value: unknown,
  callers: () => readonly StackFrame[],
  undeliverable: (() => void)[],
): Buffer {
  // A getter of a value that is being encoded sends something itself.
  const writer = spare ?? new ByteWriter();
  spare = undefined;
  try {
    writer.restart();
    writer.u32(0);
    writer.u8(FRAME.value);
    encodeNow(value, writer, 'value', callers, undeliverable);
    checkFrameSize(writer.length);
    writer.patchU32(0, writer.length - HEADER + 1);
    return writer.length < SMALL ? Buffer.from(writer.written()) : writer.take();
  } finally {
    spare = writer;
  }
}

/** Frames below this size, in bytes, are copied into memory that Node cuts up for many: cheaper than memory of their own. */
const SMALL = 2048;
/** What values are encoded with, one after the other. */
let spare: ByteWriter | undefined;

/** A frame with a copy of `body`. @throws {RangeError} for what is too large. */
export function frameOf(type: number, body: Uint8Array): Buffer {
  checkFrameSize(body.length + 1);
  const frame = Buffer.allocUnsafe(HEADER + body.length);
  frame.writeUInt32LE(body.length + 1, 0);
  frame[HEADER - 1] = type;
  frame.set(body, HEADER);
  return frame;
}
