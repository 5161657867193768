/**
 * Items of a queue in shared memory: a chain of segments. It is written at one end and read at the other, each by whoever holds the
 * lock of that end; neither waits for the other. It grows by a segment when the last one is full; one that was read is used again,
 * or removed.
 *
 *   segment   u32 length of the path of the next one | path | (from 256 on) items
 *   item      u32 length | u32 kind | bytes, up to a multiple of 8; the length `END` leads to the next segment
 *   end       position | intended position | intended count | count of items that passed it
 *
 * A process can be killed at any instruction. What an end of the chain is stands in one word, which is written last; the path of a
 * segment lies in one of two places in turn, so that the one that holds is never overwritten. The count of an end follows its
 * position: who finds that a process died with the lock of an end completes it by what was intended.
 */
import { unlinkSync } from 'node:fs';
import { bufferOfPath, newPages, pathOfBuffer } from '../memory/pages.ts';
import { ByteReader } from '../transport/bytes.ts';
import { PATH_WORDS, PathWords } from './path-words.ts';

const HEADER = 256;
const END = 0xffff_ffff;
/** Size of a segment; one for an item that needs more is as large as it has to be. */
const SEGMENT = 1_048_576;
const FIRST_SEGMENT = 65_536;

/** A position: number of the segment, which goes round (9 bits), and place in it in units of 8 bytes (22 bits). */
const PLACE_BITS = 22;
const FULL = (1 << PLACE_BITS) - 1;
const SEGMENT_NUMBERS = 1 << 9;

/** Words of an end; the ends lie in lines of the cache of their own. */
const POSITION = 0;
const INTENDED = 1;
const INTENDED_COUNT = 2;
const PASSED = 3;
const END_WORDS = 16;
export const READ = 0;
export const WRITE = 1;
/** Counts whenever an end goes on to another segment, before it does: what a process knows of them is as old as its count. */
const MOVES = 2 * END_WORDS;
/** Paths: two for each end, and one for a spare segment, which the end that is read leaves and the other takes away. */
const PATHS = MOVES + 4;
const SPARE = 4;
const PATH_COUNT = 5;
export const CHAIN_WORDS = PATHS + PATH_COUNT * PATH_WORDS;

export type End = typeof READ | typeof WRITE;

interface Segment {
  readonly number: number;
  readonly path: string;
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly reader: ByteReader;
  /** Count of moves for which it is known to be the segment of its end. */
  moves: number;
}

const segmentOf = (position: number): number => position >>> PLACE_BITS;
const placeOf = (position: number): number => position & FULL;
const positionOf = (segment: number, offset: number): number =>
  ((segment % SEGMENT_NUMBERS) << PLACE_BITS) | Math.min(FULL, offset / 8);
const aligned = (size: number): number => (size + 7) & ~7;

export class Chain {
  readonly #words: Int32Array;
  readonly #paths: PathWords;
  /** The segments at both ends, as they were last. */
  readonly #ends: (Segment | undefined)[] = [undefined, undefined];

  /** `words`: `CHAIN_WORDS` of them; all 0 for a new chain. */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#paths = new PathWords(words.subarray(PATHS), PATH_COUNT);
    if (this.#paths.has(READ * 2)) return;
    const path = pathOfBuffer(newPages(FIRST_SEGMENT));
    for (const end of [READ, WRITE] as const) {
      this.#paths.set(end * 2, path);
      words[end * END_WORDS + POSITION] = positionOf(0, HEADER);
    }
  }

  /** Items that were appended or taken so far, modulo 2^32. */
  passed(end: End): number {
    return Atomics.load(this.#words, end * END_WORDS + PASSED);
  }

  /** Throws the system's error when there is no memory; then nothing was appended. */
  append(item: Uint8Array, kind: number): void {
    const position = this.#position(WRITE);
    let segment = this.#segment(WRITE, position);
    let offset = placeOf(position) * 8;
    const size = 8 + aligned(item.length);
    const isFull = placeOf(position) === FULL;
    if (isFull || offset + size + 8 > segment.bytes.length) {
      const next = this.#nextSegment(segment.number + 1, HEADER + size + 8);
      writePath(segment.bytes, next.path);
      if (!isFull) segment.view.setUint32(offset, END, true);
      next.moves = this.#countMove();
      this.#paths.set(WRITE * 2 + (next.number & 1), next.path);
      this.#ends[WRITE] = next;
      segment = next;
      offset = HEADER;
    }
    segment.view.setUint32(offset, item.length, true);
    segment.view.setUint32(offset + 4, kind, true);
    segment.bytes.set(item, offset + 8);
    this.#pass(WRITE, positionOf(segment.number, offset + size));
  }

  /**
   * What `read` makes of the oldest item, which is gone then; it stays when `read` throws. Undefined when there is none. The reader
   * reads the item alone, and is used again for the next one.
   */
  take<R>(read: (item: ByteReader, kind: number) => R): R | undefined {
    // An item that was appended and is not counted yet is not there yet.
    while (this.passed(READ) !== this.passed(WRITE)) {
      const position = this.#position(READ);
      const segment = this.#segment(READ, position);
      const offset = placeOf(position) * 8;
      const length = placeOf(position) === FULL ? END : segment.view.getUint32(offset, true);
      if (length === END) {
        this.#goOn(segment);
        continue;
      }
      const kind = segment.view.getUint32(offset + 4, true);
      const result = read(segment.reader.part(offset + 8, offset + 8 + length), kind);
      this.#pass(READ, positionOf(segment.number, offset + 8 + aligned(length)));
      return result;
    }
    return undefined;
  }

  /** Completes the count of an end whose lock a dead process held. */
  recover(end: End): void {
    const at = end * END_WORDS;
    const words = this.#words;
    if (Atomics.load(words, at + INTENDED) === Atomics.load(words, at + POSITION))
      Atomics.store(words, at + PASSED, Atomics.load(words, at + INTENDED_COUNT));
  }

  #position(end: End): number {
    return Atomics.load(this.#words, end * END_WORDS + POSITION);
  }

  /** Moves an end by an item. */
  #pass(end: End, position: number): void {
    const at = end * END_WORDS;
    const words = this.#words;
    const count = (Atomics.load(words, at + PASSED) + 1) | 0;
    // In this order: an intended count is of use only beside its own position.
    Atomics.store(words, at + INTENDED, position);
    Atomics.store(words, at + INTENDED_COUNT, count);
    Atomics.store(words, at + POSITION, position);
    Atomics.store(words, at + PASSED, count);
  }

  /** The end that is read goes on to the next segment. */
  #goOn(segment: Segment): void {
    const path = readPath(segment.bytes);
    const number = (segment.number + 1) % SEGMENT_NUMBERS;
    this.#countMove();
    this.#paths.set(READ * 2 + (number & 1), path);
    Atomics.store(this.#words, READ * END_WORDS + POSITION, positionOf(number, HEADER));
    this.#retire(segment);
  }

  #segment(end: End, position: number): Segment {
    const number = segmentOf(position);
    const moves = Atomics.load(this.#words, MOVES);
    const known = this.#ends[end];
    if (known?.number === number && known.moves === moves) return known;
    const path = this.#paths.get(end * 2 + (number & 1));
    if (known?.number === number && known.path === path) {
      known.moves = moves;
      return known;
    }
    const segment = newSegment(number, path, bytesOf(path), moves);
    this.#ends[end] = segment;
    return segment;
  }

  #countMove(): number {
    return (Atomics.add(this.#words, MOVES, 1) + 1) | 0;
  }

  #nextSegment(number: number, size: number): Segment {
    const spare = this.#paths.get(SPARE);
    if (spare !== '') {
      const bytes = bytesOf(spare);
      this.#paths.remove(SPARE);
      if (bytes.length >= size) return newSegment(number % SEGMENT_NUMBERS, spare, bytes);
      remove(spare);
    }
    const buffer = newPages(Math.max(SEGMENT, size));
    return newSegment(number % SEGMENT_NUMBERS, pathOfBuffer(buffer), Buffer.from(buffer));
  }

  #retire(segment: Segment): void {
    if (!this.#paths.has(SPARE) && segment.bytes.length >= SEGMENT) this.#paths.set(SPARE, segment.path);
    else remove(segment.path);
  }
}

function newSegment(number: number, path: string, bytes: Buffer, moves = 0): Segment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { number, path, bytes, view, reader: ByteReader.over(bytes, view), moves };
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
