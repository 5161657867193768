/** Shared memory on Linux: files of `/dev/shm`, which lie in memory. */
import { closeSync, constants, openSync, statfsSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import {
  type Libc,
  MAP_ANONYMOUS,
  MAP_FAILED,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ_WRITE,
} from '../native/libc.ts';
import { MEMORY_FOLDER } from '../process/family.ts';
import type { Platform } from './platform.ts';

/** `O_TMPFILE` of Linux without `O_DIRECTORY`, which Node knows. */
const O_TMPFILE = 0o20000000;
const MAP_NORESERVE = 0x4000;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const EINTR = 4;
export const ENOENT = 2;
export const EEXIST = 17;
export const EINVAL = 22;
const EFBIG = 27;
const ENOSPC = 28;

type Flock = (fd: number, operation: number) => number;
type Fallocate = (fd: number, offset: number, size: number) => number;
type LinkAt = (fromFolder: number, from: string, toFolder: number, to: string, flags: number) => number;

export function linuxPlatform({ mmap, munmap, view, errno, declare }: Libc): Platform {
  const flock = declare<Flock>('int flock(int fd, int operation)');
  const fallocate = declare<Fallocate>('int posix_fallocate(int fd, int64_t offset, int64_t size)');
  const linkat = declare<LinkAt>(
    'int linkat(int fromFolder, const char *from, int toFolder, const char *to, int flags)',
  );

  /** A system call that a signal interrupted is made again. */
  const lock = (fd: number, operation: number): boolean => {
    while (flock(fd, operation) !== 0) if (errno() !== EINTR) return false;
    return true;
  };

  return {
    create(size) {
      checkRoom(size);
      const flags = O_TMPFILE | constants.O_DIRECTORY | constants.O_RDWR;
      const fd = openSync(MEMORY_FOLDER, flags, 0o600);
      try {
        // Pages that are not there when they are touched end the process (SIGBUS).
        let code = EINTR;
        while (code === EINTR) code = fallocate(fd, 0, size);
        if (code === ENOSPC || code === EFBIG) throw noRoom(size);
        if (code !== 0) throw systemError(code, 'posix_fallocate');
        return fd;
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    },
    link(fd, path) {
      if (linkat(AT_FDCWD, `/proc/self/fd/${fd}`, AT_FDCWD, path, AT_SYMLINK_FOLLOW) === 0) return true;
      const code = errno();
      if (code === EEXIST) return false;
      throw systemError(code, 'linkat', path);
    },
    map(fd, size) {
      const address = mmap(0, size, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (address === MAP_FAILED) throw systemError(errno(), 'mmap');
      return address;
    },
    blank(address, size) {
      const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
      if (mmap(address, size, PROT_READ_WRITE, flags, -1, 0) === MAP_FAILED)
        throw systemError(errno(), 'mmap');
    },
    unmap: (address, size) => void munmap(address, size),
    view,
    use(fd) {
      if (!lock(fd, LOCK_SH)) throw systemError(errno(), 'flock');
    },
    isUnused: (fd) => lock(fd, LOCK_EX | LOCK_NB),
  };
}

/** Without this, memory would be filled up before it is found out that it does not do. */
function checkRoom(size: number): void {
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  if (size > bavail * bsize) throw noRoom(size);
}

function noRoom(size: number): Error {
  const { bavail, blocks, bsize } = statfsSync(MEMORY_FOLDER);
  return systemError(
    ENOSPC,
    'posix_fallocate',
    MEMORY_FOLDER,
    `no room for ${size} bytes of shared memory: ${MEMORY_FOLDER} has ${bavail * bsize} bytes free of ${blocks * bsize}. ` +
      `Ask for less, remove what is not needed there, or make it larger: \`mount -o remount,size=...\`, in a container ` +
      '`docker run --shm-size=...`.',
  );
}

/** As Node's own: `code`, `errno`, `syscall` and, if known, `path`. */
export function systemError(number: number, syscall: string, path?: string, text?: string): Error {
  const [code, description] = getSystemErrorMap().get(-number) ?? [`errno ${number}`, 'unknown error'];
  const place = path === undefined ? '' : ` '${path}'`;
  const error = new Error(text ?? `${code}: ${description}, ${syscall}${place}`);
  return Object.assign(error, { code, errno: -number, syscall, ...(path === undefined ? {} : { path }) });
}
