/**
 * Between a manager and a process that uses it: frames `u32 LE length of type and body | u8 type | body`, after the handshake of
 * `queue/handshake.ts`. Numbers are little-endian; both sides are of one version. `value` is as `values/codec.ts` writes it,
 * `sized` is `u32 length | value`.
 *
 * To the manager
 *   64 hello      text client | u32 pid             the first frame; the client is a random name
 *   65 call       u32 call | text object | text method | [sized]*      arguments; the object '' is the manager itself
 *   66 withdraw   u32 call       nobody waits for it any more; it is answered by `withdrawn`, or was answered already
 *   67 received   u32 call       an answer that was marked has arrived
 *
 * From the manager
 *   80 welcome    text manager                      a random name, which tells it from a later one at its address
 *   81 answer     u32 call | u8 kind | what the kind asks for; answers come in any order
 *      0 nothing | 1 value | 2 list: [sized]* | 3 error: text url of the module of its class | value | 4 withdrawn
 *      16 is added where the manager wants to be told that the answer has arrived: it holds what may not be lost
 *
 * Objects have names that the clients give them, `CLIENT.NUMBER`: a proxy is there at once, and calls of it may follow the one
 * that makes it. Another process may call it before the manager has read that: then the call waits.
 */
import { bodyOf, typeOf } from '../queue/message.ts';
import { ByteReader, type ByteWriter } from '../transport/bytes.ts';
import { checkFrameSize, HEADER } from '../transport/frame.ts';

export const TO_MANAGER = { hello: 64, call: 65, withdraw: 66, received: 67 } as const;
export const FROM_MANAGER = { welcome: 80, answer: 81 } as const;

/** Kinds of answers. */
export const ANSWER = { nothing: 0, value: 1, list: 2, error: 3, withdrawn: 4 } as const;
/** Added to a kind. */
export const MARKED = 16;

/** Name of the manager itself among its objects. */
export const MANAGER = '';

/** Appends a frame; `body` writes what is in it. @throws what `body` throws, and leaves the writer as it was. */
export function appendFrame(writer: ByteWriter, type: number, body: (writer: ByteWriter) => void): void {
  const start = writer.length;
  try {
    writer.u32(0);
    writer.u8(type);
    body(writer);
    const length = writer.length - start;
    checkFrameSize(length - HEADER + 1);
    writer.patchU32(start, length - HEADER + 1);
  } catch (error) {
    writer.truncate(start);
    throw error;
  }
}

/** Appends what `body` writes, behind its length. */
export function appendSized(writer: ByteWriter, body: (writer: ByteWriter) => void): void {
  const at = writer.length;
  writer.u32(0);
  body(writer);
  writer.patchU32(at, writer.length - at - 4);
}

/** The type of a frame, and its body. */
export const readFrame = (frame: Buffer): [type: number, body: ByteReader] => [
  typeOf(frame),
  new ByteReader(bodyOf(frame)),
];
