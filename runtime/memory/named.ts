/**
 * Segments with a name of their own: files of `/dev/shm`, as those of Python are. Every process that has one open holds a shared
 * lock on it, which the kernel drops however the process ends: whoever removes what nobody uses asks for that lock.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
import { MEMORY_FOLDER } from '../process/family.ts';
import { platform } from './current-platform.ts';
import { EEXIST, EINVAL, ENOENT, systemError } from './linux.ts';
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
        : /[/\0]/.test(name)
          ? 'has a slash or a NUL in it'
          : Buffer.byteLength(name) > MAX_NAME
            ? `has more than ${MAX_NAME} bytes`
            : undefined;
  if (problem !== undefined)
    throw new TypeError(`the name ${JSON.stringify(name)} of shared memory ${problem}`);
  return `${MEMORY_FOLDER}/${name}`;
}

/** Nobody guesses it. (`node:crypto` takes 4 ms to load: it is not imported.) */
export const generatedName = (): string => `manycore_${process.getBuiltinModule('node:crypto').randomUUID()}`;

/** `prepared` is called with the inode before the segment gets its name. Throws the system's error: EEXIST, ENOSPC. */
export function createNamed(path: string, size: number, prepared: (inode: bigint) => void): NamedSegment {
  const { create, use, link } = platform();
  const fd = create(size);
  const buffer = mapBuffer(fd, size);
  try {
    // With its name it is in use: nobody may find it without.
    use(fd);
    const inode = fstatSync(fd, { bigint: true }).ino;
    prepared(inode);
    if (!link(fd, path)) throw systemError(EEXIST, 'open', path);
    return { buffer, inode };
  } catch (error) {
    release(buffer);
    throw error;
  }
}

/** Throws the system's error: ENOENT. */
export function attachNamed(path: string): NamedSegment {
  const { use } = platform();
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  const { size, ino } = inUse(fd, path, use);
  return { buffer: mapBuffer(fd, Number(size)), inode: ino };
}

function inUse(fd: number, path: string, use: (fd: number) => void): BigIntStats {
  try {
    use(fd);
    const stats = fstatSync(fd, { bigint: true });
    // It was removed while the lock was waited for.
    if (stats.nlink === 0n) throw systemError(ENOENT, 'open', path);
    if (stats.size === 0n) throw systemError(EINVAL, 'mmap', path);
    return stats;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Throws the system's error, ENOENT, when the segment has that name no more. */
export function unlinkNamed(path: string, inode: bigint): void {
  if (statSync(path, { bigint: true }).ino !== inode) throw systemError(ENOENT, 'unlink', path);
  unlinkSync(path);
}
