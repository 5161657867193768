/**
 * The handshake of `Listener` and `connect`, in frames of `message.ts`; its idea is that of Python's `multiprocessing.connection`:
 *
 *   listener: challenge: 32 random bytes
 *   client:   answer:    HMAC of 'client' and both challenges | 32 random bytes, its own challenge
 *   listener: welcome:   HMAC of 'listener' and both challenges, once somebody may accept it; failure for a wrong answer
 *   client:   failure:   for a wrong welcome
 *
 * HMAC is HMAC-SHA256 with the key. The role in it keeps an answer from being sent back as a welcome.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthenticationError, EOFError } from '../errors.ts';
import type { FramedSocket } from './framed-socket.ts';
import { bodyOf, FRAME, frameOf, typeOf } from './message.ts';

const SIZE = 32;
/** No frame of the handshake is longer. */
const MAX_FRAME = 128;
const NO_LISTENER = 'what listens at this address is no Listener, or has just ended';

/** A client that holds the key and waits to be let in. */
export interface Guest {
  readonly framed: FramedSocket;
  /** Lets it in: from now on it sends messages. */
  welcome(): void;
}

/**
 * Finds out whether who has connected holds the key, within `limit` ms. Undefined for a stranger that does not speak like a client,
 * which is cut off. Rejects with `AuthenticationError` for a wrong key.
 */
export function examine(framed: FramedSocket, key: Buffer, limit: number): Promise<Guest | undefined> {
  return new Promise((resolve, reject) => {
    const challenge = randomBytes(SIZE);
    // What has arrived by then is read first: this process itself may have been busy all the time.
    const late = setTimeout(() => setImmediate(() => setImmediate(refuse)), limit).unref();
    let known = false;
    const refuse = () => {
      if (known) return;
      framed.destroy();
      resolve(undefined);
    };
    framed.limit = MAX_FRAME;
    framed.onEnd = () => {
      clearTimeout(late);
      resolve(undefined);
    };
    framed.onFrame = (frame) => {
      clearTimeout(late);
      const body = bodyOf(frame);
      if (known || typeOf(frame) !== FRAME.answer || body.length !== 2 * SIZE) {
        refuse();
        return;
      }
      known = true;
      const own = Buffer.from(body.subarray(SIZE));
      if (isSame(body.subarray(0, SIZE), proof(key, 'client', challenge, own))) {
        const welcome = frameOf(FRAME.welcome, proof(key, 'listener', challenge, own));
        framed.limit = Number.POSITIVE_INFINITY;
        resolve({ framed, welcome: () => framed.write(welcome) });
        return;
      }
      framed.write(frameOf(FRAME.failure, Buffer.alloc(0)));
      framed.end();
      reject(new AuthenticationError('a client was refused: it holds another key'));
    };
    framed.write(frameOf(FRAME.challenge, challenge));
  });
}

/** Asks a listener to be let in. `enter` is called before the next frame is read, and gives what is resolved to. */
export function askToEnter<R>(framed: FramedSocket, key: Buffer, enter: () => R): Promise<R> {
  return new Promise((resolve, reject) => {
    const own = randomBytes(SIZE);
    let challenge: Buffer | undefined;
    const fail = (message: string) => {
      framed.write(frameOf(FRAME.failure, Buffer.alloc(0)));
      framed.end();
      reject(new AuthenticationError(message));
    };
    framed.limit = MAX_FRAME;
    framed.onEnd = (error) => {
      if (error === undefined && challenge !== undefined)
        reject(new EOFError('the listener has ended the connection without accepting it'));
      // An error of the system names its call; any other is about what is no frame.
      else if (error !== undefined && 'syscall' in error) reject(error);
      else reject(new AuthenticationError(NO_LISTENER, { cause: error }));
    };
    framed.onFrame = (frame) => {
      const type = typeOf(frame);
      const body = bodyOf(frame);
      if (type === FRAME.challenge && body.length === SIZE && challenge === undefined) {
        challenge = Buffer.from(body);
        framed.write(frameOf(FRAME.answer, Buffer.concat([proof(key, 'client', challenge, own), own])));
      } else if (type === FRAME.failure && challenge !== undefined) fail('the listener holds another key');
      else if (type !== FRAME.welcome || challenge === undefined) fail(NO_LISTENER);
      else if (!isSame(body, proof(key, 'listener', challenge, own))) fail('the listener holds another key');
      else {
        framed.limit = Number.POSITIVE_INFINITY;
        resolve(enter());
      }
    };
  });
}

const proof = (key: Buffer, role: 'client' | 'listener', challenge: Buffer, own: Buffer): Buffer =>
  createHmac('sha256', key).update(role).update(challenge).update(own).digest();

const isSame = (given: Buffer, wanted: Buffer): boolean =>
  given.length === wanted.length && timingSafeEqual(given, wanted);
