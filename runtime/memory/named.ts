/**
 * Segments with a name of their own: on Linux files of `/dev/shm`, as those of Python are. Every process that has one open says
 * so to the system, which forgets it however the process ends: whoever removes what nobody uses asks for that.
 */
import { system } from '../native/current.ts';
import { EEXIST } from '../native/posix.ts';
import { systemError } from '../native/system-error.ts';
import { platform } from './current-platform.ts';
import { placeInFamily } from './family-folder.ts';
import { mapBuffer, release } from './mapping.ts';

/** Names of files have at most 255 bytes; a mark of the family's folder needs some of them. */
const MAX_NAME = 220;

export interface NamedSegment {
  readonly buffer: ArrayBuffer;
  /** Tells the file from a later one with its name. */
  readonly inode: bigint;
}

/** @throws {TypeError} for what cannot be the name of a segment. */
export function pathOfName(name: string): string {
  const problem =
    typeof name !== 'string'
      ? `is a ${typeof name}`
      : name === '' || name === '.' || name === '..'
        ? 'is not the name of a file'
        : system.refusedInNames.test(name)
          ? 'has a slash or a NUL in it'
          : Buffer.byteLength(name) > MAX_NAME
            ? `has more than ${MAX_NAME} bytes`
            : undefined;
  if (problem !== undefined)
    throw new TypeError(`the name ${JSON.stringify(name)} of shared memory ${problem}`);
  return `${system.namePrefix}${name}`;
}

/** False for memory in the folder of a family. */
export const isNamed = (path: string): boolean =>
  path.startsWith(system.namePrefix) && !path.slice(system.namePrefix.length).includes('/');

/** Nobody guesses it. (`node:crypto` takes 4 ms to load: it is not imported.) */
export const generatedName = (): string => `manycore_${process.getBuiltinModule('node:crypto').randomUUID()}`;

/** `prepared` is called with the id before the segment gets its name. Throws the system's error: EEXIST, ENOSPC. */
export function createNamed(path: string, size: number, prepared: (id: bigint) => void): NamedSegment {
  const { create, use, idOf, nameAs } = platform();
  const handle = create(size, placeInFamily, path);
  const buffer = mapBuffer(handle, size);
  try {
    // With its name it is in use: nobody may find it without.
    use(handle);
    const id = idOf(handle);
    prepared(id);
    if (!nameAs(handle, path)) throw systemError(EEXIST, 'open', path);
    return { buffer, inode: id };
  } catch (error) {
    release(buffer);
    throw error;
  }
}

/** Throws the system's error: ENOENT. */
export function attachNamed(path: string): NamedSegment {
  const { handle, size, id } = platform().open(path, true);
  return { buffer: mapBuffer(handle, size), inode: id };
}

/** Throws the system's error, ENOENT, when the segment has that name no more. */
export const unlinkNamed = (path: string, inode: bigint): void => platform().remove(path, inode);
