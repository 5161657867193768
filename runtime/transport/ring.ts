/**
 * A ring of frames in memory that two processes share: one writes, the other reads, neither locks.
 *
 *   bytes    |<------------- capacity ------------->|<--------- the same pages again --------->|
 *            ........[frame][frame][fra              me]..............
 *                    ^ head                           ^ tail
 *
 * The pages are mapped twice in a row, so that a frame that crosses the end lies in one piece for both sides. `head` and
 * `tail` are counts of bytes modulo 2^32, in `control`, each on a cache line of its own:
 *
 *   TAIL     of the writer: everything before it is whole and may be read
 *   WRITTEN  of the writer: everything before it is whole. Written without an atomic operation, so it is for the time after
 *            the writer's end alone: what it had written and not published yet is not lost, whatever ended it
 *   HEAD     of the reader: everything before it may be overwritten
 *   SLEEPS   1: the reader waits in its event loop; who sets it to 0 wakes it with a byte on the socket
 *   WAITS    1: the writer waits in its event loop for room; who sets it to 0 wakes it likewise
 *
 * Sequentially consistent atomics make it safe: a side that is about to sleep sets its flag, then looks once more; the other
 * side moves its count, then looks at the flag. A frame is not larger than half of the ring; a larger one comes in parts.
 */
import { ByteReader, type Place } from './bytes.ts';
import { type FrameHandler, HEADER, MAX_FRAME, OWN } from './frame.ts';

/** 32-bit words of a cache line. */
const LINE = 16;
const TAIL = 0;
const HEAD = LINE;
const SLEEPS = 2 * LINE;
const WAITS = 3 * LINE;
const WRITTEN = 4 * LINE;
/** Words of `control` that a ring needs. */
export const CONTROL_WORDS = 5 * LINE;

/** Capacities: of the ring that there is from the start, and of those that take over when frames are large. */
export const LEVELS = [65_536, 524_288, 4_194_304, 33_554_432] as const;

/** The first level of this capacity, or the last. */
function levelFor(capacity: number): number {
  const level = LEVELS.findIndex((of) => of >= capacity);
  return level === -1 ? LEVELS.length - 1 : level;
}

export interface Ring {
  /** The mapping, twice the capacity. */
  readonly bytes: Buffer;
  readonly view: DataView;
  /** A power of two. */
  readonly capacity: number;
  readonly control: Int32Array;
  /** First word of this ring in `control`. */
  readonly base: number;
}

/** Gives the ring of a level, mapped; the writer's side makes sure of its pages first. Null when it cannot be had. */
export type OpenRing = (level: number) => Ring | null;

/** Bytes that are read before the writer is told of the room. */
const RELEASE_EVERY = 16_384;
/** A full ring grows up to this level; above it only for frames that are too large for it. */
const PATIENT_LEVEL = 2;
/** Bytes that only the frame which says where it goes on may use. */
const RESERVE = 16;
/** Bytes of a frame that holds a number. */
const NUMBER_FRAME = HEADER + 8;

export class RingWriter {
  readonly #open: OpenRing;
  #ring: Ring;
  #level = 0;
  #tail = 0;
  /** The reader's head as it was seen last: it only moves on. */
  #head = 0;
  #canGrow = true;
  /** The reader slept at the ring that was left. */
  #owesWake = false;

  constructor(ring: Ring, open: OpenRing) {
    this.#ring = ring;
    this.#open = open;
  }

  /** Writes a frame with one number, in one go; false when there is no room. */
  number(value: number): boolean {
    if (this.#room(NUMBER_FRAME) < NUMBER_FRAME) return false;
    const { bytes, view, capacity } = this.#ring;
    const at = (this.#tail >>> 0) & (capacity - 1);
    view.setUint32(at, NUMBER_FRAME - 4, true);
    bytes[at + 4] = OWN.number;
    view.setFloat64(at + HEADER, value, true);
    this.written(NUMBER_FRAME);
    return true;
  }

  /** Where the next frame may be written, if at least `size` bytes are free there. */
  place(size: number): Place | null {
    const { bytes, view, capacity } = this.#ring;
    const room = this.#room(size);
    if (room < size || size > capacity / 2) return null;
    const start = (this.#tail >>> 0) & (capacity - 1);
    const end = start + Math.min(room, capacity / 2);
    return { bytes, view, start, end };
  }

  /** The frame of `length` bytes that was written at the last place is whole. */
  written(length: number): void {
    this.#tail = (this.#tail + length) | 0;
    this.#ring.control[this.#ring.base + WRITTEN] = this.#tail;
  }

  /** What is whole may be read. */
  publish(): void {
    Atomics.store(this.#ring.control, this.#ring.base + TAIL, this.#tail);
  }

  /** True when the reader sleeps: the caller, who has published, wakes it. */
  wakesReader(): boolean {
    const { control, base } = this.#ring;
    const owed = this.#owesWake;
    this.#owesWake = false;
    return takeFlag(control, base + SLEEPS) || owed;
  }

  /** Writes and publishes a frame that lies elsewhere, from `offset` on, as far as there is room; returns the new offset, its length at the end. */
  write(frame: Buffer, offset: number): number {
    if (offset === 0) {
      if (frame.length > this.#ring.capacity / 2) this.#grow(frame.length);
      // A reader that is slow for a moment does not hold up a writer that has some room.
      else if (this.#level < PATIENT_LEVEL && this.#room(frame.length) < frame.length)
        this.#grow(frame.length);
    }
    const { bytes, capacity } = this.#ring;
    if (frame.length <= capacity / 2) {
      if (this.#room(frame.length) < frame.length) return 0;
      bytes.set(frame, (this.#tail >>> 0) & (capacity - 1));
      this.written(frame.length);
      this.publish();
      return frame.length;
    }
    let at = offset;
    while (at < frame.length) {
      const size = Math.min(frame.length - at, capacity / 4 - HEADER);
      if (this.#room(size + HEADER) < size + HEADER) break;
      this.#part(at + size === frame.length ? OWN.last : OWN.part, frame.subarray(at, at + size));
      at += size;
    }
    return at;
  }

  /** Notes, after everything was published, that the writer waits for room; false, and nothing is noted, when there is some by now. */
  waitForRoom(size: number): boolean {
    const { control, base } = this.#ring;
    Atomics.store(control, base + WAITS, 1);
    if (this.#room(size) < size) return true;
    Atomics.store(control, base + WAITS, 0);
    return false;
  }

  /** Room that a frame needs at least, to be written or begun. */
  need(frame: Buffer): number {
    const { capacity } = this.#ring;
    return frame.length <= capacity / 2 ? frame.length : Math.min(frame.length + HEADER, capacity / 4);
  }

  #part(type: number, part: Buffer): void {
    const { bytes, view, capacity } = this.#ring;
    const at = (this.#tail >>> 0) & (capacity - 1);
    view.setUint32(at, part.length + 1, true);
    bytes[at + 4] = type;
    bytes.set(part, at + HEADER);
    this.written(part.length + HEADER);
    this.publish();
  }

  /** Goes on in a larger ring, one that suits frames of this size. */
  #grow(frame: number): void {
    if (!this.#canGrow) return;
    const level = Math.max(this.#level + 1, levelFor(frame * 2));
    const bigger = this.#open(level);
    if (bigger === null) {
      this.#canGrow = false;
      return;
    }
    this.#part(OWN.grow, Buffer.of(level));
    this.#owesWake = this.wakesReader();
    this.#ring = bigger;
    this.#level = level;
    this.#tail = 0;
    this.#head = 0;
  }

  /** Bytes that are free; looks at the reader's head only when fewer than `wanted` are known to be. */
  #room(wanted: number): number {
    const { control, base, capacity } = this.#ring;
    const known = capacity - RESERVE - ((this.#tail - this.#head) >>> 0);
    if (known >= wanted) return known;
    this.#head = Atomics.load(control, base + HEAD);
    return capacity - RESERVE - ((this.#tail - this.#head) >>> 0);
  }
}

export class RingReader {
  readonly #open: OpenRing;
  readonly #handle: FrameHandler;
  #ring: Ring;
  #reader: ByteReader;
  #head = 0;
  /** Head as the writer knows it. */
  #released = 0;
  #parts: Buffer[] = [];
  #reading = false;
  /** Where the frame begins that is being handled. */
  #frame: number | undefined;
  /** Where the frame begins that is kept: nothing from there on is released. */
  #kept: number | undefined;
  #wake: () => void;

  /** `wake` is called when the writer waits for room that there is now. */
  constructor(ring: Ring, open: OpenRing, handle: FrameHandler, wake: () => void) {
    this.#ring = ring;
    this.#reader = ByteReader.over(ring.bytes, ring.view);
    this.#open = open;
    this.#handle = handle;
    this.#wake = wake;
  }

  /** True when there is something to read. */
  get hasFrames(): boolean {
    return Atomics.load(this.#ring.control, this.#ring.base + TAIL) !== this.#head;
  }

  /** The writer has ended: handles what it had written, published or not. */
  readRest(): void {
    this.read(WRITTEN);
  }

  /**
   * Called while a frame is handled: its memory stays as it is until the function that is returned is called, and reading
   * pauses behind it. Undefined when another frame is kept already, or this one does not lie in the ring.
   */
  keep(): (() => void) | undefined {
    if (this.#kept !== undefined || this.#frame === undefined) return undefined;
    const ring = this.#ring;
    this.#kept = this.#frame;
    return () => {
      if (this.#ring !== ring) return;
      this.#kept = undefined;
      this.#release();
    };
  }

  /** Handles the frames that are there; false when there was none. @throws {RangeError} for what is no frame. */
  read(word: typeof TAIL | typeof WRITTEN = TAIL): boolean {
    // What handles a frame may look for more: it is read when that one is done with.
    if (this.#reading) return false;
    this.#reading = true;
    try {
      return this.#readAll(word);
    } finally {
      this.#reading = false;
    }
  }

  #readAll(word: number): boolean {
    let any = false;
    const kept = this.#kept;
    for (;;) {
      const { control, base } = this.#ring;
      const tail = Atomics.load(control, base + word);
      if (tail === this.#head || this.#kept !== kept) break;
      any = true;
      while (this.#head !== tail && base === this.#ring.base && this.#kept === kept) this.#next(tail);
    }
    if (any) this.#release();
    return any;
  }

  /** The reader is about to wait in its event loop; false when there is something to read by now. */
  sleep(): boolean {
    if (this.#reading) return true;
    const { control, base } = this.#ring;
    Atomics.store(control, base + SLEEPS, 1);
    if (!this.hasFrames) return true;
    Atomics.store(control, base + SLEEPS, 0);
    return false;
  }

  /** The reader looks by itself for a while: nobody has to wake it. */
  stayAwake(): void {
    Atomics.store(this.#ring.control, this.#ring.base + SLEEPS, 0);
  }

  #next(tail: number): void {
    const { bytes, view, capacity } = this.#ring;
    const at = (this.#head >>> 0) & (capacity - 1);
    let length = view.getUint32(at, true) + 4;
    if (length < HEADER || length > (tail - this.#head) >>> 0)
      throw new RangeError(`broken ring: a frame of ${length} bytes`);
    const type = bytes[at + 4] as number;
    if (type === OWN.number) length = this.#numbers(at, tail);
    const body = this.#reader.part(at + HEADER, at + length);
    this.#frame = this.#head;
    this.#head = (this.#head + length) | 0;
    if (type === OWN.part || type === OWN.last) this.#assemble(type, body);
    else if (type === OWN.grow) this.#follow(body.u8());
    else this.#handle(type, body);
    if ((this.#head - this.#released) >>> 0 >= RELEASE_EVERY) this.#release();
  }

  /** Length of all the frames with a number from `at` on; no more than may be released at a time. */
  #numbers(at: number, tail: number): number {
    const { bytes, capacity } = this.#ring;
    const most = Math.min((tail - this.#head) >>> 0, capacity / 2, RELEASE_EVERY);
    let length = NUMBER_FRAME;
    while (length + NUMBER_FRAME <= most && bytes[at + length + 4] === OWN.number) length += NUMBER_FRAME;
    return length;
  }

  #assemble(type: number, body: ByteReader): void {
    this.#parts.push(Buffer.from(body.rest()));
    if (type !== OWN.last) return;
    this.#frame = undefined;
    const frame = Buffer.concat(this.#parts.splice(0));
    if (frame.length > MAX_FRAME + HEADER)
      throw new RangeError(`broken ring: a frame of ${frame.length} bytes`);
    this.#handle(frame[4] as number, new ByteReader(frame, HEADER));
  }

  #follow(level: number): void {
    const bigger = this.#open(level);
    if (bigger === null) throw new RangeError(`the ring of level ${level} cannot be mapped`);
    this.#kept = undefined;
    this.#release();
    this.#ring = bigger;
    this.#reader = ByteReader.over(bigger.bytes, bigger.view);
    this.#head = 0;
    this.#released = 0;
  }

  #release(): void {
    const { control, base } = this.#ring;
    const upTo = this.#kept ?? this.#head;
    if (this.#released === upTo) return;
    this.#released = upTo;
    Atomics.store(control, base + HEAD, upTo);
    if (takeFlag(control, base + WAITS)) this.#wake();
  }
}

/** Sets a flag to 0; true for the one who did it. */
const takeFlag = (control: Int32Array, at: number): boolean =>
  Atomics.load(control, at) === 1 && Atomics.compareExchange(control, at, 1, 0) === 1;
