/** Segments that processes find by their name. */
import { ManycoreError } from '../errors.ts';
import { registerFrom } from '../values/classes.ts';
import { markInFamily, unmarkInFamily } from './family-folder.ts';
import { release } from './mapping.ts';
import {
  attachNamed,
  createNamed,
  generatedName,
  type NamedSegment,
  pathOfName,
  unlinkNamed,
} from './named.ts';
import { forgetBuffer, nameBuffer } from './pages.ts';

/** Options of `SharedMemory`. */
export interface SharedMemoryOptions {
  /** Name of the segment. Needed to attach; generated when a new one has none. */
  name?: string | undefined;
  /** True makes a new segment, false (the default) attaches to an existing one. */
  create?: boolean | undefined;
  /** Size of a new segment in bytes. The system may round it up. */
  size?: number | undefined;
  /** Default true: a segment that nobody unlinked is removed when the processes that use it have ended. */
  track?: boolean | undefined;
}

/** A named segment of memory that processes map. Nothing in it is synchronised. */
export class SharedMemory {
  readonly #name: string;
  readonly #inode: bigint;
  readonly #size: number;
  readonly #tracked: boolean;
  #buffer: ArrayBuffer | undefined;

  /** Makes or attaches to a segment. Throws `SharedMemoryUnavailableError`, or the system's error (no such name, no space). */
  constructor(options: SharedMemoryOptions) {
    const { create = false, size, track = true } = options;
    if (!create && options.name === undefined)
      throw new TypeError('SharedMemory needs the name of a segment, or create: true for a new one');
    const name = options.name ?? generatedName();
    const path = pathOfName(name);
    const { buffer, inode } = create ? made(name, path, checkedSize(size), track) : attachNamed(path);
    if (!create && track) markInFamily(name, inode);
    nameBuffer(buffer, path);
    this.#name = name;
    this.#inode = inode;
    this.#size = buffer.byteLength;
    this.#tracked = track;
    this.#buffer = buffer;
  }

  /** The shared pages. Must not be touched after `close()`. */
  get buffer(): ArrayBuffer {
    if (this.#buffer === undefined) throw new ManycoreError(`shared memory ${this.#name} was closed`);
    return this.#buffer;
  }

  /** Name under which other processes attach. */
  get name(): string {
    return this.#name;
  }

  /** Size in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Unmaps the pages in this process; the segment stays. */
  close(): void {
    if (this.#buffer === undefined) return;
    forgetBuffer(this.#buffer, pathOfName(this.#name));
    release(this.#buffer);
    this.#buffer = undefined;
  }

  /** Removes the segment when the last process has unmapped it. To be called once, by one process. */
  unlink(): void {
    unlinkNamed(pathOfName(this.#name), this.#inode);
    if (this.#tracked) unmarkInFamily(this.#name, this.#inode);
  }

  static {
    registerFrom<SharedMemory, Required<Pick<SharedMemoryOptions, 'name' | 'track'>>>(
      import.meta.url,
      SharedMemory,
      {
        toPlain(memory) {
          if (memory.#buffer === undefined)
            throw new ManycoreError(`shared memory ${memory.#name} was closed`);
          return { name: memory.#name, track: memory.#tracked };
        },
        fromPlain: (options) => new SharedMemory(options),
      },
    );
  }
}

function made(name: string, path: string, size: number, track: boolean): NamedSegment {
  let marked: bigint | undefined;
  try {
    return createNamed(path, size, (inode) => {
      if (!track) return;
      // Before it has its name: nobody could remove it if this process were killed in between.
      markInFamily(name, inode);
      marked = inode;
    });
  } catch (error) {
    if (marked !== undefined) unmarkInFamily(name, marked);
    throw error;
  }
}

function checkedSize(size: number | undefined): number {
  if (size === undefined) throw new TypeError('new shared memory needs a size in bytes');
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new RangeError(
    `the size of shared memory is ${size}: it has to be a whole number of bytes, at least 1`,
  );
}
