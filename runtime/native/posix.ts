/** What Linux and macOS have in common: memory is a file, its handle a descriptor. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
import {
  type Libc,
  MAP_ANONYMOUS,
  MAP_FAILED,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ_WRITE,
} from './libc.ts';
import type { Memory, Waiting } from './system.ts';
import { systemError } from './system-error.ts';

export const ENOENT = 2;
export const EINTR = 4;
export const EEXIST = 17;
const EINVAL = 22;
export const ENOSPC = 28;

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Every process that has a named segment open holds a shared lock on it, which the kernel drops however the process ends: whoever
 * removes what nobody uses asks for that lock. `noReserve` is a flag of `mmap`, for pages that hardly anybody touches.
 */
export function posixMemory(
  { mmap, munmap, view, errno, declare }: Libc,
  noReserve: number,
): Omit<Memory, 'create' | 'name' | 'nameAs' | 'keep' | 'close'> {
  const flock = declare<(fd: number, operation: number) => number>('int flock(int fd, int operation)');

  /** A system call that a signal interrupted is made again. */
  const lock = (fd: number, operation: number): boolean => {
    while (flock(fd, operation) !== 0) if (errno() !== EINTR) return false;
    return true;
  };
  const use = (fd: number): void => {
    if (!lock(fd, LOCK_SH)) throw systemError(errno(), 'flock');
  };

  return {
    outlivesProcesses: true,
    open(path, inUse) {
      const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
      try {
        if (inUse) use(fd);
        const { size, ino } = inUse ? namedStats(fd, path) : fstatSync(fd, { bigint: true });
        return { handle: fd, size: Number(size), id: ino };
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    },
    idOf: (fd) => fstatSync(fd, { bigint: true }).ino,
    remove(path, id) {
      if (statSync(path, { bigint: true }).ino !== id) throw systemError(ENOENT, 'unlink', path);
      unlinkSync(path);
    },
    map(fd, size) {
      const address = mmap(0, size, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (address === MAP_FAILED) throw systemError(errno(), 'mmap');
      return address;
    },
    blank(address, size) {
      const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | noReserve;
      if (mmap(address, size, PROT_READ_WRITE, flags, -1, 0) === MAP_FAILED)
        throw systemError(errno(), 'mmap');
    },
    unmap: (address, size) => void munmap(address, size),
    view,
    use,
    isUnused: (fd) => lock(fd, LOCK_EX | LOCK_NB),
  };
}

function namedStats(fd: number, path: string): BigIntStats {
  const stats = fstatSync(fd, { bigint: true });
  // It was removed while the lock was waited for.
  if (stats.nlink === 0n) throw systemError(ENOENT, 'open', path);
  if (stats.size === 0n) throw systemError(EINVAL, 'mmap', path);
  return stats;
}

/** `mode_t` is an `unsigned int` on Linux and an `unsigned short` on macOS: a call passes both alike. */
export function fifoMaker({ declare, errno }: Libc): Waiting['makeFifo'] {
  const mkfifo = declare<(path: string, mode: number) => number>(
    'int mkfifo(const char *path, unsigned int mode)',
  );
  return (path) => {
    if (mkfifo(path, 0o600) !== 0) throw new Error(`no named pipe can be made at ${path} (error ${errno()})`);
  };
}
