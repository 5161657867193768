/** The parent's end of a channel; `channel.ts` says how it works. */
import { closeSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { ByteWriter } from './bytes.ts';
import { bareFrame, FROM_PARENT_FD, TO_PARENT_FD, WAKE } from './channel.ts';
import { checkFrameSize, FIRST_OWN_TYPE, type FrameHandler, FrameSplitter, HEADER, OWN } from './frame.ts';
import { RingReader, RingWriter } from './ring.ts';
import { Segment } from './segment.ts';

export class ParentChannel {
  readonly #to: Socket;
  readonly #from: Socket;
  readonly #onFrame: FrameHandler;
  readonly #onBroken: (error: Error) => void;
  readonly #writer = new ByteWriter(1024);
  #fd: number | null;
  #segment: Segment | null = null;
  #ringReader: RingReader | undefined;
  #ringWriter: RingWriter | undefined;
  /** Frames that wait for room in the ring, the first of them written up to `#offset`. */
  readonly #backlog: Buffer[] = [];
  #offset = 0;
  #polled = false;
  /** Resolves when everything that the child ever sent has been handled. */
  readonly drained: Promise<void>;

  /** `segment` is the descriptor that the child got too; it is closed with the channel. */
  constructor(
    stdio: readonly unknown[],
    segment: number | null,
    onFrame: FrameHandler,
    onBroken: (error: Error) => void,
  ) {
    this.#to = stdio[FROM_PARENT_FD] as Socket;
    this.#from = stdio[TO_PARENT_FD] as Socket;
    this.#fd = segment;
    this.#onFrame = onFrame;
    this.#onBroken = onBroken;
    const splitter = new FrameSplitter((type, body) => this.#receive(type, body));
    this.#from.on('data', (chunk: Buffer) => this.#guarded(() => splitter.push(chunk)));
    // A child that is gone breaks the pipe: its 'exit' event tells more than EPIPE or ECONNRESET does.
    this.#to.on('error', () => {});
    this.#from.on('error', () => {});
    this.drained = new Promise((resolve) => {
      this.#from.once('close', () => {
        this.readRest();
        resolve();
      });
    });
  }

  /** Begins a frame; `size` is about the size of its body. It is sent by `send`; a frame that is begun instead replaces it. */
  open(type: number, size = 64): ByteWriter {
    const place = this.#backlog.length > 0 ? null : this.#ringWriter?.place(size + HEADER);
    this.#writer.restart(place ?? undefined);
    this.#writer.u32(0);
    this.#writer.u8(type);
    return this.#writer;
  }

  /** Sends the frame that was begun. Never waits: what has no room is kept and sent later. @throws {RangeError} */
  send(): void {
    const { length, isPlaced } = this.#writer;
    checkFrameSize(length - 4);
    this.#writer.patchU32(0, length - 4);
    if (this.#ringWriter === undefined) {
      if (this.#to.writable) this.#to.write(this.#writer.take());
      return;
    }
    if (isPlaced) {
      this.#ringWriter.written(length);
      this.#ringWriter.publish();
    } else {
      this.#backlog.push(this.#writer.take());
      this.#pump();
    }
    this.#wake();
  }

  /** Lets frames go through shared memory from now on, where that is possible. Called once the child works. */
  offer(): void {
    if (this.#fd === null || this.#segment !== null) return;
    this.#segment = Segment.map(this.#fd);
    if (this.#segment === null) this.#closeSegment();
    else this.#to.write(bareFrame(OWN.offer));
  }

  /** Handles what the child put into the ring; false when there was nothing. */
  poll(): boolean {
    const reader = this.#ringReader;
    if (reader === undefined) return false;
    let any = false;
    this.#guarded(() => {
      any = reader.read();
      if (!this.#polled) while (!reader.sleep()) any = reader.read() || any;
    });
    return any;
  }

  /** Once the child has ended: what it put into the ring before is there, whatever ended it. */
  readRest(): void {
    this.#guarded(() => this.#ringReader?.readRest());
  }

  /** While `on`, somebody calls `poll` again and again: the child does not have to wake this process. */
  set polled(on: boolean) {
    if (this.#polled === on) return;
    this.#polled = on;
    if (on) this.#ringReader?.stayAwake();
    else this.poll();
  }

  get isShared(): boolean {
    return this.#ringReader !== undefined;
  }

  /** Item that the child has begun last, as it marked it; undefined where it cannot tell. */
  get item(): number | undefined {
    return this.#ringReader === undefined ? undefined : this.#segment?.item;
  }

  ref(): void {
    this.#to.ref();
    this.#from.ref();
  }

  unref(): void {
    this.#to.unref();
    this.#from.unref();
  }

  close(): void {
    this.#to.destroy();
    this.#from.destroy();
    this.#backlog.length = 0;
    this.#ringReader = undefined;
    this.#ringWriter = undefined;
    this.#segment = null;
    this.#closeSegment();
  }

  #receive(type: number, body: Parameters<FrameHandler>[1]): void {
    if (type < FIRST_OWN_TYPE || type === OWN.number) this.#onFrame(type, body);
    else if (type === OWN.wake) {
      this.#pump();
      this.poll();
    } else if (type === OWN.toRing) this.#toRing();
  }

  #toRing(): void {
    const segment = this.#segment;
    const toChild = segment?.ring('to-child', 0, true);
    const toParent = segment?.ring('to-parent', 0, false);
    // The child has mapped them: this process can too.
    if (!segment || !toChild || !toParent) throw new RangeError('the rings of a worker cannot be mapped');
    this.#ringReader = new RingReader(
      toParent,
      (level) => segment.ring('to-parent', level, false),
      this.#onFrame,
      () => this.#wakeNow(),
    );
    this.#to.write(bareFrame(OWN.toRing));
    this.#ringWriter = new RingWriter(toChild, (level) => segment.ring('to-child', level, true));
    this.poll();
  }

  /** Writes what waits, as far as there is room. */
  #pump(): void {
    const writer = this.#ringWriter;
    if (writer === undefined || this.#backlog.length === 0) return;
    for (;;) {
      const frame = this.#backlog[0];
      if (frame === undefined) break;
      this.#offset = writer.write(frame, this.#offset);
      if (this.#offset === frame.length) {
        this.#backlog.shift();
        this.#offset = 0;
      } else if (writer.waitForRoom(writer.need(frame))) break;
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#ringWriter?.wakesReader() === true) this.#wakeNow();
  }

  #wakeNow(): void {
    if (!this.#to.writable) return;
    // A stream takes several times as long as the system call, and this is done for nearly every chunk.
    const fd = this.#to.writableLength === 0 ? descriptorOf(this.#to) : undefined;
    if (fd === undefined || !wroteSync(fd)) this.#to.write(WAKE);
  }

  #guarded(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#from.destroy();
      this.#onBroken(error as Error);
    }
  }

  #closeSegment(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** Node does not tell the descriptor of a socket in public; undefined where it has none. */
function descriptorOf(socket: Socket): number | undefined {
  const fd = (socket as { _handle?: { fd?: unknown } | null })._handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

function wroteSync(fd: number): boolean {
  try {
    return writeSync(fd, WAKE) === WAKE.length;
  } catch {
    return false; // Full, or broken: the stream finds out.
  }
}
