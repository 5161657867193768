/**
 * The memory that a parent shares with one child: a file without a name, in memory, that the child inherits as `SEGMENT_FD`.
 * Nothing can be left of it: it ends with the last process that has it open or mapped, however that one ends.
 *
 *   0         control words of all rings, and the word of the running item; one page of them is used
 *   65,536    rings to the child, one for each level; then those to the parent
 *
 * The file is as long as all of it, but only what is written has pages: pages are written before a ring is used, so that a
 * full memory is an error here and not a SIGBUS later.
 */
import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import { system } from '../native/current.ts';
import { mapTwice } from './pages.ts';
import { CONTROL_WORDS, LEVELS, type Ring } from './ring.ts';

export const SEGMENT_FD = 5;

export type Direction = 'to-child' | 'to-parent';

const CONTROL_SIZE = 65_536;
const CONTROL_USED = 4096;
/** Word behind those of the rings: number of the running item. */
const ITEM_WORD = CONTROL_WORDS * LEVELS.length * 2;

const perDirection = LEVELS.reduce((sum: number, capacity) => sum + capacity, 0);

function offsetOf(direction: Direction, level: number): number {
  const before = LEVELS.slice(0, level).reduce((sum: number, capacity) => sum + capacity, 0);
  return CONTROL_SIZE + (direction === 'to-child' ? 0 : perDirection) + before;
}

/**
 * `MANYCORE_TRANSPORT=socket` in the environment turns shared memory off, to find out whether a problem is its;
 * `MANYCORE_TRANSPORT=shared` turns it on where it is not the rule.
 */
export function usesSharedMemory(): boolean {
  const wanted = process.env['MANYCORE_TRANSPORT'];
  return wanted !== 'socket' && (system.carriesFrames || wanted === 'shared');
}

/** Descriptor of a new segment with its smallest rings ready; null where there is none, or no memory for it. */
export function createSegment(): number | null {
  let fd: number | undefined;
  try {
    fd = system.openUnnamed();
    ftruncateSync(fd, CONTROL_SIZE + 2 * perDirection);
    reserve(fd, 0, CONTROL_USED);
    for (const direction of ['to-child', 'to-parent'] as const)
      reserve(fd, offsetOf(direction, 0), LEVELS[0]);
    return fd;
  } catch {
    // The sockets carry everything then.
    if (fd !== undefined) closeSync(fd);
    return null;
  }
}

/** One side's view of a segment. */
export class Segment {
  readonly #fd: number;
  readonly #control: Int32Array;

  private constructor(fd: number, control: Int32Array) {
    this.#fd = fd;
    this.#control = control;
  }

  /** Null where pages cannot be mapped. */
  static map(fd: number): Segment | null {
    const control = mapTwice(fd, 0, CONTROL_SIZE);
    return control === null ? null : new Segment(fd, new Int32Array(control, 0, CONTROL_USED / 4));
  }

  /** The ring of a level; `reserving`: its pages are made sure of first. */
  ring(direction: Direction, level: number, reserving: boolean): Ring | null {
    const capacity = LEVELS[level];
    if (capacity === undefined) return null;
    const offset = offsetOf(direction, level);
    if (reserving && level > 0 && !canReserve(this.#fd, offset, capacity)) return null;
    const memory = mapTwice(this.#fd, offset, capacity);
    if (memory === null) return null;
    return {
      bytes: Buffer.from(memory),
      view: new DataView(memory),
      capacity,
      control: this.#control,
      base: CONTROL_WORDS * (level * 2 + (direction === 'to-child' ? 0 : 1)),
    };
  }

  /** In the child: the item with this number runs now. Read by others only after the end of the child. */
  setItem(item: number): void {
    this.#control[ITEM_WORD] = item;
  }

  get item(): number {
    return Atomics.load(this.#control, ITEM_WORD);
  }
}

const zeros = Buffer.alloc(65_536);

/** Writes zeros: the file system finds pages for them, or says that there are none. */
function reserve(fd: number, offset: number, size: number): void {
  for (let at = 0; at < size; ) {
    const written = writeSync(fd, zeros, 0, Math.min(zeros.length, size - at), offset + at);
    if (written === 0) throw new Error('no memory for a segment');
    at += written;
  }
}

function canReserve(fd: number, offset: number, size: number): boolean {
  try {
    reserve(fd, offset, size);
    return true;
  } catch {
    return false;
  }
}
