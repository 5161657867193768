/** A socket that sends and receives whole frames. It keeps its process alive only while it is held. */
import { Socket } from 'node:net';
import { FrameSplitter, HEADER } from '../transport/frame.ts';

export class FramedSocket {
  /** Gets each frame, head and body. May be exchanged while it runs. */
  onFrame: (frame: Buffer) => void = () => {};
  /** Called once, when nothing is received any more. */
  onEnd: (error: Error | undefined) => void = () => {};
  /** Called when what was written has gone out, after `write` gave false. */
  onDrain: () => void = () => {};
  /** Bytes of a frame that may come before the other side is known; what sends more is cut off. */
  limit = Number.POSITIVE_INFINITY;
  #socket: Socket;
  #held = false;
  #ended = false;
  readonly #splitter = new FrameSplitter((_, body) => {
    body.seek(body.offset - HEADER);
    this.onFrame(body.rest());
  });

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.unref();
    socket.on('drain', () => this.onDrain());
    this.#listen(socket);
    this.#outliveWriting(socket);
  }

  /** False while the system takes no more. `done` is told whether the system has taken the whole frame. */
  write(frame: Buffer, done: (taken: boolean) => void = () => {}): boolean {
    const socket = this.#socket;
    // Node calls back without an error for what was not written yet when a socket is destroyed.
    return socket.write(frame, (error) => done(error == null && !socket.destroyed));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Writes what is left, then ends. What is still received is dropped. */
  end(): void {
    this.#ended = true;
    this.onFrame = () => {};
    this.#socket.end();
    // A paused socket would never notice that the other side has ended, too.
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** While it is held it keeps the process alive. */
  hold(held: boolean): void {
    this.#held = held;
    if (held) this.#socket.ref();
    else this.#socket.unref();
  }

  /**
   * Node destroys a socket whose other side takes no more, together with all that this other side has sent and that was not read
   * yet. Here the handle moves to another socket first, which reads the rest.
   */
  #outliveWriting(socket: Socket): void {
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error?: Error & { syscall?: string }) => {
      const inner = socket as Socket & { _handle: object | null };
      if (socket.destroyed || error?.syscall === undefined) return destroy(error);
      socket.off('data', this.#take);
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) this.#take(chunk as Buffer);
      if (error.syscall !== 'write' || inner._handle === null || socket.readableEnded) return destroy(error);
      // As Node itself does when it gives a socket to another process.
      const handle = inner._handle;
      inner._handle = null;
      this.#socket = new Socket({ handle } as object);
      this.hold(this.#held);
      this.#listen(this.#socket);
      return destroy(error);
    };
  }

  #listen(socket: Socket): void {
    let failure: Error | undefined;
    socket.on('data', this.#take);
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once('end', () => this.#end(undefined));
    socket.once('close', () => {
      if (socket === this.#socket) this.#end(failure);
    });
  }

  readonly #take = (chunk: Buffer): void => {
    try {
      this.#splitter.push(chunk);
      if (this.#splitter.pending > this.limit) throw new RangeError('too many bytes of a stranger');
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
  };

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onEnd(error);
  }
}
