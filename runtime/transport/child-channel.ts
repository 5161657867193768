/** The child's end of a channel; `channel.ts` says how it works. */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { ByteWriter } from './bytes.ts';
import { bareFrame, FROM_PARENT_FD, TO_PARENT_FD, WAKE } from './channel.ts';
import { checkFrameSize, FIRST_OWN_TYPE, type FrameHandler, FrameSplitter, OWN } from './frame.ts';
import { RingReader, RingWriter } from './ring.ts';
import { SEGMENT_FD, Segment } from './segment.ts';

/** Frames on the socket that are written together, in bytes. */
const SOCKET_BUFFER = 65_536;
/** Longest pause in ms between two looks for room. */
const LONGEST_PAUSE = 2;

export class ChildChannel {
  readonly #onFrame: FrameHandler;
  readonly #onEnd: () => void;
  readonly #writer = new ByteWriter(4096);
  readonly #parent = process.ppid;
  /** Start of the frame that is begun, behind frames that were not flushed. */
  #start = 0;
  #offered = false;
  #awake = false;
  #segment: Segment | null = null;
  #ringWriter: RingWriter | undefined;
  #ringReader: RingReader | undefined;

  /** `onEnd` is called when the parent closed its end or is gone. */
  constructor(onFrame: FrameHandler, onEnd: () => void) {
    this.#onFrame = onFrame;
    this.#onEnd = onEnd;
    const from = new Socket({ fd: FROM_PARENT_FD, readable: true, writable: false });
    const splitter = new FrameSplitter((type, body) => {
      if (type < FIRST_OWN_TYPE) this.#onFrame(type, body);
      else if (type === OWN.wake) this.#woken();
      else if (type === OWN.offer) this.#offered = true;
      else if (type === OWN.toRing) this.#fromRing();
    });
    from.on('data', (chunk: Buffer) => splitter.push(chunk));
    from.on('error', onEnd);
    from.on('end', onEnd);
  }

  /** Committed frames reach the parent even if this process is killed at once. */
  get isShared(): boolean {
    return this.#ringWriter !== undefined;
  }

  /** Begins a frame; a frame that was begun and not committed is forgotten. */
  open(type: number): ByteWriter {
    if (this.#ringWriter !== undefined) {
      this.#writer.restart(this.#ringWriter.place(256) ?? undefined);
      this.#start = 0;
    } else this.#writer.truncate(this.#start);
    this.#writer.u32(0);
    this.#writer.u8(type);
    return this.#writer;
  }

  /** A frame with one number, opened and committed. */
  number(value: number): void {
    if (this.#ringWriter?.number(value) === true) return;
    this.open(OWN.number).f64(value);
    this.commit();
  }

  /** The frame is whole. In shared memory the parent has it; it looks when it is told by `flush`. */
  commit(): void {
    const length = this.#writer.length - this.#start;
    checkFrameSize(length - 4);
    this.#writer.patchU32(this.#start, length - 4);
    if (this.#ringWriter === undefined) {
      this.#start = this.#writer.length;
      if (this.#start >= SOCKET_BUFFER) this.flush();
    } else if (this.#writer.isPlaced) this.#ringWriter.written(length);
    else this.#writeWhole(this.#ringWriter, this.#writer.written());
  }

  /** Everything that was committed reaches the parent, and the parent is told. Ends the process when it is gone. */
  flush(): void {
    if (this.#ringWriter !== undefined) {
      this.#ringWriter.publish();
      if (this.#ringWriter.wakesReader()) this.#write(WAKE);
      return;
    }
    if (this.#start === 0) return;
    this.#writer.truncate(this.#start);
    this.#write(this.#writer.written());
    this.#writer.restart();
    this.#start = 0;
  }

  /** Moves to shared memory if the parent offered it. Takes some 10 ms, once; called when the process is known to work. */
  moveToRing(): void {
    if (!this.#offered) return;
    this.#offered = false;
    const segment = Segment.map(SEGMENT_FD);
    const toParent = segment?.ring('to-parent', 0, true);
    if (!segment || !toParent) return;
    this.#segment = segment;
    this.flush();
    this.#write(bareFrame(OWN.toRing));
    this.#ringWriter = new RingWriter(toParent, (level) => segment.ring('to-parent', level, true));
  }

  /** Handles what the parent put into the ring; false when there was nothing. */
  poll(): boolean {
    return this.#ringReader?.read() ?? false;
  }

  /** Called while a frame is handled: keeps its memory as it is until what is returned is called. Undefined where it cannot. */
  keep(): (() => void) | undefined {
    return this.#ringReader?.keep();
  }

  /** From now on frames are looked for by `poll` and `spin`: the parent does not have to wake this process. */
  stayAwake(): void {
    this.#awake = true;
    this.#ringReader?.stayAwake();
  }

  /** From now on the parent wakes this process for new frames. Handles those that are there; true when there were some. */
  sleep(): boolean {
    this.#awake = false;
    const reader = this.#ringReader;
    if (reader === undefined) return false;
    let any = reader.read();
    while (!reader.sleep()) any = reader.read() || any;
    return any;
  }

  /** Looks for frames again and again for `ms`, without a turn of the event loop; then falls asleep. True when some were handled. */
  spin(ms: number): boolean {
    const reader = this.#ringReader;
    if (reader === undefined) return this.sleep();
    for (const end = performance.now() + ms; ; )
      for (let looks = 0; looks < 20; looks++) {
        if (reader.hasFrames) return reader.read();
        if (looks === 19 && performance.now() >= end) return this.sleep();
      }
  }

  /** Tells that the item with this number begins; kept where the parent finds it if this process is killed. */
  markItem(item: number): void {
    this.#segment?.setItem(item);
  }

  /** The parent found this process asleep. It may have woken meanwhile: it must not be taken for asleep again. */
  #woken(): void {
    if (this.#awake) this.poll();
    else this.sleep();
  }

  #fromRing(): void {
    const segment = this.#segment;
    const toChild = segment?.ring('to-child', 0, false);
    if (!segment || !toChild) throw new RangeError('the ring of this worker cannot be mapped');
    this.#ringReader = new RingReader(
      toChild,
      (level) => segment.ring('to-child', level, false),
      this.#onFrame,
      () => this.#write(WAKE),
    );
    this.#woken();
  }

  /** Waits for room as long as the parent lives: a parent that is slow slows its children down. */
  #writeWhole(ring: RingWriter, frame: Buffer): void {
    let pause = 0.05;
    for (let offset = 0; ; ) {
      const before = offset;
      ring.publish();
      offset = ring.write(frame, offset);
      if (ring.wakesReader()) this.#write(WAKE);
      if (offset === frame.length) return;
      pause = offset > before ? 0.05 : Math.min(LONGEST_PAUSE, pause * 2);
      Atomics.wait(sleeper, 0, 0, pause);
      if (process.ppid !== this.#parent) {
        this.#onEnd();
        return;
      }
    }
  }

  /** A blocking write is in the kernel when it returns: whatever this process does next, what it said is not lost. */
  #write(bytes: Buffer): void {
    try {
      for (let offset = 0; offset < bytes.length; )
        try {
          offset += writeSync(TO_PARENT_FD, bytes, offset);
        } catch (error) {
          // Only where user code made the descriptor non-blocking.
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
          Atomics.wait(sleeper, 0, 0, 1);
        }
    } catch {
      this.#onEnd();
    }
  }
}

/** Nobody notifies it: waiting on it is sleeping. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));
