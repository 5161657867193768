/**
 * Items of a queue in shared memory: a chain of segments, written at one end and read at the other, by whoever holds the lock of
 * the queue. It grows by a segment when the last one is full; one that was read is used again, or removed.
 *
 *   segment   u32 length of the path of the next one | path | (from 256 on) items
 *   item      u32 length | u32 unused | bytes, up to a multiple of 8; the length `END` leads to the next segment
 *
 * A process can be killed at any instruction. What an end of the chain is stands in one word, which is written last; the path of a
 * segment lies in one of two places in turn, so that the one that holds is never overwritten.
 */
import { unlinkSync } from 'node:fs';
import { bufferOfPath, newPages, pathOfBuffer } from '../memory/pages.ts';

const HEADER = 256;
const END = 0xffff_ffff;
/** Size of a segment; for large items it has room for several. */
const SEGMENT = 1_048_576;
const FIRST_SEGMENT = 65_536;
const LARGE_ITEMS = 8;
const LARGEST_SEGMENT = 33_554_432;

/** A position: number of the segment, which goes round (9 bits), and place in it in units of 8 bytes (22 bits). */
const PLACE_BITS = 22;
const FULL = (1 << PLACE_BITS) - 1;
const SEGMENT_NUMBERS = 1 << 9;

const READ = 0;
const WRITE = 1;
/** Lengths and texts of paths: two for the end that is read, two for the one that is written, and one for a spare segment. */
const PATHS = 2;
const PATH_WORDS = 48;
const SPARE = 4;
export const CHAIN_WORDS = PATHS + 5 * PATH_WORDS;

type End = typeof READ | typeof WRITE;

interface Segment {
  readonly number: number;
  readonly path: string;
  readonly bytes: Buffer;
}

const segmentOf = (position: number): number => position >>> PLACE_BITS;
const placeOf = (position: number): number => position & FULL;
const positionOf = (segment: number, offset: number): number =>
  ((segment % SEGMENT_NUMBERS) << PLACE_BITS) | Math.min(FULL, offset / 8);
const aligned = (size: number): number => Math.ceil(size / 8) * 8;

export class Chain {
  readonly #words: Int32Array;
  /** The segments at both ends, as they were last. */
  readonly #ends: (Segment | undefined)[] = [undefined, undefined];

  /** `words`: `CHAIN_WORDS` of them; all 0 for a new chain. */
  constructor(words: Int32Array) {
    this.#words = words;
    if (this.#pathAt(READ * 2) !== '') return;
    const path = pathOfBuffer(newPages(FIRST_SEGMENT));
    for (const end of [READ, WRITE] as const) {
      this.#setPath(end * 2, path);
      words[end] = positionOf(0, HEADER);
    }
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, READ) === Atomics.load(this.#words, WRITE);
  }

  /** Throws the system's error when there is no memory; then nothing was appended. */
  append(item: Uint8Array): void {
    const position = Atomics.load(this.#words, WRITE);
    let segment = this.#segment(WRITE, position);
    let offset = placeOf(position) * 8;
    const size = 8 + aligned(item.length);
    const isFull = placeOf(position) === FULL;
    if (isFull || offset + size + 8 > segment.bytes.length) {
      const next = this.#nextSegment(segment.number + 1, HEADER + size + 8);
      writePath(segment.bytes, next.path);
      if (!isFull) segment.bytes.writeUInt32LE(END, offset);
      this.#setPath(WRITE * 2 + (next.number & 1), next.path);
      this.#ends[WRITE] = next;
      segment = next;
      offset = HEADER;
    }
    segment.bytes.writeUInt32LE(item.length, offset);
    segment.bytes.set(item, offset + 8);
    Atomics.store(this.#words, WRITE, positionOf(segment.number, offset + size));
  }

  /** What `read` makes of the oldest item, which is gone then; it stays when `read` throws. Undefined when there is none. */
  take<R>(read: (item: Buffer) => R): R | undefined {
    while (!this.isEmpty) {
      const found = this.#itemAt(Atomics.load(this.#words, READ));
      if (found === undefined) continue;
      const { segment, offset, length } = found;
      const result = read(segment.bytes.subarray(offset + 8, offset + 8 + length));
      Atomics.store(this.#words, READ, positionOf(segment.number, offset + 8 + aligned(length)));
      return result;
    }
    return undefined;
  }

  /** Counts the items one by one: after the death of a process that held the lock. */
  count(): number {
    const end = Atomics.load(this.#words, WRITE);
    let count = 0;
    for (let position = Atomics.load(this.#words, READ); position !== end; ) {
      const segment = this.#walk(position);
      const offset = placeOf(position) * 8;
      const length = placeOf(position) === FULL ? END : segment.readUInt32LE(offset);
      if (length === END) {
        this.#walked = bytesOf(readPath(segment));
        position = positionOf(segmentOf(position) + 1, HEADER);
      } else {
        count++;
        position = positionOf(segmentOf(position), offset + 8 + aligned(length));
      }
    }
    this.#walked = undefined;
    return count;
  }

  #walked: Buffer | undefined;
  #walk(position: number): Buffer {
    this.#walked ??= this.#segment(READ, position).bytes;
    return this.#walked;
  }

  /** Where the item at the position lies; undefined when the reading end had to go on to the next segment. */
  #itemAt(position: number): { segment: Segment; offset: number; length: number } | undefined {
    const segment = this.#segment(READ, position);
    const offset = placeOf(position) * 8;
    const length = placeOf(position) === FULL ? END : segment.bytes.readUInt32LE(offset);
    if (length !== END) return { segment, offset, length };
    const path = readPath(segment.bytes);
    const number = (segment.number + 1) % SEGMENT_NUMBERS;
    this.#setPath(READ * 2 + (number & 1), path);
    Atomics.store(this.#words, READ, positionOf(number, HEADER));
    this.#retire(segment);
    return undefined;
  }

  #segment(end: End, position: number): Segment {
    const number = segmentOf(position);
    const known = this.#ends[end];
    const path = this.#pathAt(end * 2 + (number & 1));
    if (known?.number === number && known.path === path) return known;
    const segment = { number, path, bytes: bytesOf(path) };
    this.#ends[end] = segment;
    return segment;
  }

  #nextSegment(number: number, size: number): Segment {
    const spare = this.#pathAt(SPARE);
    if (spare !== '') {
      const bytes = bytesOf(spare);
      this.#setPath(SPARE, '');
      if (bytes.length >= size) return { number: number % SEGMENT_NUMBERS, path: spare, bytes };
      remove(spare);
    }
    const room = Math.min(LARGEST_SEGMENT, HEADER + (size - HEADER) * LARGE_ITEMS);
    const buffer = newPages(Math.max(SEGMENT, size, size > SEGMENT / LARGE_ITEMS ? room : 0));
    return { number: number % SEGMENT_NUMBERS, path: pathOfBuffer(buffer), bytes: Buffer.from(buffer) };
  }

  #retire(segment: Segment): void {
    if (this.#pathAt(SPARE) === '' && segment.bytes.length >= SEGMENT) this.#setPath(SPARE, segment.path);
    else remove(segment.path);
  }

  #pathAt(which: number): string {
    const at = PATHS + which * PATH_WORDS;
    const length = Atomics.load(this.#words, at);
    return length === 0 ? '' : this.#text(at).toString('latin1', 0, length);
  }

  #setPath(which: number, path: string): void {
    const at = PATHS + which * PATH_WORDS;
    Atomics.store(this.#words, at, 0);
    this.#text(at).write(path, 'latin1');
    Atomics.store(this.#words, at, path.length);
  }

  readonly #texts = new Map<number, Buffer>();
  #text(at: number): Buffer {
    let text = this.#texts.get(at);
    if (text === undefined) {
      const { buffer, byteOffset } = this.#words;
      text = Buffer.from(buffer, byteOffset + 4 * (at + 1), 4 * (PATH_WORDS - 1));
      this.#texts.set(at, text);
    }
    return text;
  }
}

const bytesOf = (path: string): Buffer => Buffer.from(bufferOfPath(path));

function writePath(segment: Buffer, path: string): void {
  segment.writeUInt32LE(path.length, 0);
  segment.write(path, 4, 'latin1');
}

const readPath = (segment: Buffer): string => segment.toString('latin1', 4, 4 + segment.readUInt32LE(0));

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The folder of the family may be gone.
  }
}
