/** Linux: memory is a file of `/dev/shm`, which lies in memory; threads of all processes sleep on a word with `futex`. */
import { closeSync, constants, openSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { SharedMemoryUnavailableError } from '../errors.ts';
import { type Libc, libc } from './libc.ts';
import { EEXIST, EINTR, ENOSPC, fifoMaker, posixMemory } from './posix.ts';
import type { Memory, System, Waiting } from './system.ts';
import { systemError } from './system-error.ts';

const FOLDER = '/dev/shm';
/** `O_TMPFILE` of Linux without `O_DIRECTORY`, which Node knows. */
const O_TMPFILE = 0o20000000;
const MAP_NORESERVE = 0x4000;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const EFBIG = 27;

const O_CLOEXEC = 0o2000000;

/** Numbers of the system call `futex`, by architecture. */
const FUTEX: Partial<Record<NodeJS.Architecture, number>> = { x64: 202, arm64: 98 };
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;

type Pipe2 = (ends: Int32Array, flags: number) => number;
type Fallocate = (fd: number, offset: number, size: number) => number;
type LinkAt = (fromFolder: number, from: string, toFolder: number, to: string, flags: number) => number;
type Futex = (
  number: number,
  word: Int32Array,
  operation: number,
  value: number,
  timeout: BigInt64Array | null,
  other: null,
  otherValue: number,
) => number;

export const linux: System = {
  namePrefix: `${FOLDER}/`,
  memoryFolder: FOLDER,
  refusedInNames: /[/\0]/,
  carriesFrames: true,
  guard: { inode: 'stat -c %i', lock: 'flock -x 9', start: startTime },
  startTime,
  runningSince(pid) {
    const fields = statOf(pid);
    return fields[0] === undefined || fields[0] === 'Z' || fields[0] === 'X'
      ? 0
      : Number(fields[START]) & 0x7fffffff;
  },
  namespace() {
    try {
      return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
    } catch {
      return '0';
    }
  },
  makeMemoryFolder() {},
  openUnnamed,
  pipe() {
    const pipe2 = libc()?.declare<Pipe2>('int pipe2(int32_t *ends, int flags)');
    const ends = new Int32Array(2);
    return pipe2?.(ends, O_CLOEXEC) === 0 ? { read: ends[0] as number, write: ends[1] as number } : null;
  },
  memory() {
    const functions = libc();
    return functions === null ? null : memory(functions);
  },
  waiting() {
    const functions = libc();
    const number = FUTEX[process.arch];
    if (functions === null || number === undefined)
      throw new SharedMemoryUnavailableError(
        `locks cannot be had on ${process.platform} with ${process.arch} yet`,
      );
    return waiting(functions, number);
  },
};

/** Field of `/proc/PID/stat` behind the name of the program: ticks of the kernel. */
const START = 19;

function startTime(pid: number): string {
  return statOf(pid)[START] ?? '0';
}

/** Fields behind the name of the program; none when there is no such process. The first one is its state. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function openUnnamed(): number {
  return openSync(FOLDER, O_TMPFILE | constants.O_DIRECTORY | constants.O_RDWR, 0o600);
}

function memory(functions: Libc): Memory {
  const { declare, errno } = functions;
  const fallocate = declare<Fallocate>('int posix_fallocate(int fd, int64_t offset, int64_t size)');
  const linkat = declare<LinkAt>(
    'int linkat(int fromFolder, const char *from, int toFolder, const char *to, int flags)',
  );
  const nameAs = (fd: number, path: string): boolean => {
    if (linkat(AT_FDCWD, `/proc/self/fd/${fd}`, AT_FDCWD, path, AT_SYMLINK_FOLLOW) === 0) return true;
    const code = errno();
    if (code === EEXIST) return false;
    throw systemError(code, 'linkat', path);
  };

  return {
    ...posixMemory(functions, MAP_NORESERVE),
    create(size) {
      checkRoom(size);
      const fd = openUnnamed();
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
    name: (fd, place) => place((path) => nameAs(fd, path)),
    nameAs,
    keep: closeSync,
    close: closeSync,
  };
}

/** Without this, memory would be filled up before it is found out that it does not do. */
function checkRoom(size: number): void {
  const { bavail, bsize } = statfsSync(FOLDER);
  if (size > bavail * bsize) throw noRoom(size);
}

function noRoom(size: number): Error {
  const { bavail, blocks, bsize } = statfsSync(FOLDER);
  return systemError(
    ENOSPC,
    'posix_fallocate',
    FOLDER,
    `no room for ${size} bytes of shared memory: ${FOLDER} has ${bavail * bsize} bytes free of ${blocks * bsize}. ` +
      `Ask for less, remove what is not needed there, or make it larger: \`mount -o remount,size=...\`, in a container ` +
      '`docker run --shm-size=...`.',
  );
}

function waiting(functions: Libc, number: number): Waiting {
  const futex = functions.declare<Futex>(
    'long syscall(long number, int32_t *word, int operation, int value, int64_t *timeout, void *other, int other_value)',
  );
  return {
    fifosEnd: true,
    sleep(word, expected, ms) {
      const limit = new BigInt64Array([BigInt(Math.floor(ms / 1000)), BigInt(Math.floor((ms % 1000) * 1e6))]);
      futex(number, word, FUTEX_WAIT, expected, limit, null, 0);
    },
    wake: (word, count) => void futex(number, word, FUTEX_WAKE, count, null, null, 0),
    makeFifo: fifoMaker(functions),
  };
}
