/**
 * macOS. Never run there: written after Apple's headers and manual pages, which the parts name. `runtime/README.md` says
 * what is other than on Linux.
 *
 * Memory is a file in a folder of this user, not a `shm_open` object: those have names of at most 31 characters, cannot be
 * listed, locked or told from a later one of their name, so nobody could remove what a killed process left. The price: the kernel
 * writes changed pages to the disk now and then.
 *
 * A file has its path from the start, in the folder of the family, because macOS cannot give one to an open file later. It is
 * removed with its buffer, or at the end of its process; after a kill, with the family.
 */
import { closeSync, constants, ftruncateSync, linkSync, openSync, statfsSync, unlinkSync } from 'node:fs';
import { SharedMemoryUnavailableError } from '../errors.ts';
import { type Foreign, foreign } from './foreign.ts';
import { type Libc, libc } from './libc.ts';
import { EINTR, ENOSPC, fifoMaker, posixMemory } from './posix.ts';
import { makePrivateFolder } from './private-folder.ts';
import type { Memory, System, Waiting } from './system.ts';
import { systemError } from './system-error.ts';

/** The same for all processes of the user, whatever their TMPDIR is. */
const FOLDER = `/tmp/manycore-memory-${process.getuid?.() ?? 0}`;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const MAP_NORESERVE = 0x40;
const ESRCH = 3;

export const darwin: System = {
  namePrefix: `${FOLDER}/`,
  memoryFolder: FOLDER,
  refusedInNames: /[/\0]/,
  carriesFrames: false,
  guard: {
    inode: '/usr/bin/stat -f %i',
    // There is no `flock` program; the lock belongs to the open file, which the shell and perl have in common.
    lock: `/usr/bin/perl -e 'open(my $file, "<&=", 9) or exit 1; exit !flock($file, 2)'`,
    start: () => '0',
  },
  startTime: (pid) => `${startOf(pid) ?? 0}`,
  runningSince(pid) {
    const start = startOf(pid);
    // One whose start is not known runs: its locks must not be taken away.
    return start === undefined ? 0 : start & 0x7fffffff || 1;
  },
  namespace: () => '0',
  makeMemoryFolder,
  pipe: () => null,
  openUnnamed() {
    makeMemoryFolder();
    const path = `${FOLDER}/.${process.pid}-${Math.random().toString(36).slice(2)}`;
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    unlinkSync(path);
    return fd;
  },
  memory() {
    const functions = libc();
    return functions === null ? null : fileMemory(functions, preallocator(functions));
  },
  waiting() {
    const functions = libc();
    if (functions === null) throw new SharedMemoryUnavailableError('locks need the package koffi');
    // The kernel wakes a reader that waits in `kqueue` for bytes only: https://github.com/golang/go/issues/24164.
    return { fifosEnd: false, ...addressWaiting(functions), makeFifo: fifoMaker(functions) };
  },
};

function makeMemoryFolder(): void {
  makePrivateFolder(FOLDER);
}

/** Makes sure of the pages of a new file; returns the number of an error, 0 for none. */
export type Reserve = (fd: number, size: number) => number;

/** Memory in files that have a path from the start. */
export function fileMemory(functions: Libc, reserve: Reserve): Memory {
  /** Paths of memory that others do not know yet, by descriptor. */
  const unknown = new Map<number, string>();
  const forget = (fd: number): void => {
    const path = unknown.get(fd);
    if (path !== undefined) removeQuietly(path);
    unknown.delete(fd);
  };
  process.once('exit', () => {
    for (const path of unknown.values()) removeQuietly(path);
  });

  return {
    ...posixMemory(functions, MAP_NORESERVE),
    create(size, place) {
      let fd = -1;
      const path = place((at) => {
        try {
          fd = openSync(at, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
          return true;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
          throw error;
        }
      });
      unknown.set(fd, path);
      try {
        const code = reserve(fd, size);
        if (code === ENOSPC) throw noRoom(size, path);
        if (code !== 0) throw systemError(code, 'fcntl', path);
        ftruncateSync(fd, size);
        return fd;
      } catch (error) {
        forget(fd);
        closeSync(fd);
        throw error;
      }
    },
    name(fd) {
      const path = unknown.get(fd) as string;
      unknown.delete(fd);
      return path;
    },
    nameAs(fd, path) {
      try {
        linkSync(unknown.get(fd) as string, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      }
      forget(fd);
      return true;
    },
    keep: closeSync,
    close(fd) {
      forget(fd);
      closeSync(fd);
    },
  };
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The folder may be gone.
  }
}

function noRoom(size: number, path: string): Error {
  const { bavail, bsize } = statfsSync(FOLDER);
  return systemError(
    ENOSPC,
    'fcntl',
    path,
    `no room for ${size} bytes of shared memory: the disk of ${FOLDER} has ${bavail * bsize} bytes free.`,
  );
}

/** `fcntl(2)`: F_PREALLOCATE with a `fstore_t`, because macOS has no `posix_fallocate`. */
const F_PREALLOCATE = 42;
const F_ALLOCATEALL = 4;
const F_PEOFPOSMODE = 3;

/** `fstore_t`: flags, mode of position, offset, length, and what was allocated, which the system writes. */
export function preallocation(size: number): Uint8Array {
  const store = new DataView(new ArrayBuffer(32));
  store.setUint32(0, F_ALLOCATEALL, true);
  store.setInt32(4, F_PEOFPOSMODE, true);
  store.setBigInt64(16, BigInt(size), true);
  return new Uint8Array(store.buffer);
}

/** `fcntl` is variadic, which on arm64 is another way of passing arguments. */
export function preallocator({ declare, errno }: Foreign): Reserve {
  const fcntl = declare<(fd: number, command: number, type: 'void *', store: Uint8Array) => number>(
    'int fcntl(int fd, int command, ...)',
  );
  return (fd, size) => {
    for (;;) {
      if (fcntl(fd, F_PREALLOCATE, 'void *', preallocation(size)) !== -1) return 0;
      const code = errno();
      if (code !== EINTR) return code;
    }
  };
}

/** `sys/proc_info.h`: PROC_PIDTBSDINFO gives a `struct proc_bsdinfo` of 136 bytes, with the second of the start at 120. */
const PROC_PIDTBSDINFO = 3;
const BSDINFO_SIZE = 136;
const BSDINFO_START = 120;

type PidInfo = (pid: number, flavor: number, argument: number, info: Uint8Array, size: number) => number;
let pidInfo: PidInfo | undefined;

/** Second in which a process started, 0 where that is not told; undefined when there is no such process. */
function startOf(pid: number): number | undefined {
  const functions = foreign();
  if (functions === null) return startByPs(pid);
  pidInfo ??= functions.declare<PidInfo>(
    'int proc_pidinfo(int pid, int flavor, uint64_t argument, void *info, int size)',
  );
  const info = new Uint8Array(BSDINFO_SIZE);
  if (pidInfo(pid, PROC_PIDTBSDINFO, 0, info, BSDINFO_SIZE) === BSDINFO_SIZE) return startIn(info);
  // One that has ended, also while its parent has not asked for its exit code.
  return functions.errno() === ESRCH ? undefined : 0;
}

export const startIn = (info: Uint8Array): number =>
  Number(new DataView(info.buffer, info.byteOffset).getBigUint64(BSDINFO_START, true));

/** The same from the program `ps`, for a process that cannot call functions but has children that can. */
export function startByPs(pid: number): number | undefined {
  try {
    // Not imported: processes that never come here would load it.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const output = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', `${pid}`], { env, stdio: 'pipe' });
    const text = output.toString().trim();
    return text === '' ? undefined : Math.floor(Date.parse(`${text} UTC`) / 1000) || 0;
  } catch {
    return undefined;
  }
}

/** `os/os_sync_wait_on_address.h`, macOS 14.4 and later. */
const OS_SYNC_SHARED = 1;
const OS_CLOCK_MACH_ABSOLUTE_TIME = 32;
/** `bsd/sys/ulock.h` of the kernel, macOS 10.15 and later. */
const UL_COMPARE_AND_WAIT_SHARED = 3;
const ULF_WAKE_ALL = 0x100;
const WORD = 4;

type Sleeping = Pick<Waiting, 'sleep' | 'wake'>;

/** @throws {SharedMemoryUnavailableError} where this macOS has neither. */
export function addressWaiting({ declare }: Foreign): Sleeping {
  try {
    return publicWaiting(declare);
  } catch {
    // Before macOS 14.4.
  }
  try {
    return kernelWaiting(declare);
  } catch (cause) {
    throw new SharedMemoryUnavailableError('locks between processes need macOS 10.15 or later', { cause });
  }
}

/** Errors are wakes for no reason: the callers look again, and sleep again. The kernel compares the word without its sign. */
function publicWaiting(declare: Foreign['declare']): Sleeping {
  const wait = declare<
    (w: Int32Array, value: number, size: number, flags: number, clock: number, ns: number) => number
  >(
    'int os_sync_wait_on_address_with_timeout(int32_t *word, uint64_t value, size_t size, uint32_t flags, uint32_t clock, uint64_t ns)',
  );
  const wakeOne = declare<(w: Int32Array, size: number, flags: number) => number>(
    'int os_sync_wake_by_address_any(int32_t *word, size_t size, uint32_t flags)',
  );
  const wakeAll = declare<typeof wakeOne>(
    'int os_sync_wake_by_address_all(int32_t *word, size_t size, uint32_t flags)',
  );
  return {
    // No time at all would be an error.
    sleep: (word, expected, ms) =>
      void wait(
        word,
        expected >>> 0,
        WORD,
        OS_SYNC_SHARED,
        OS_CLOCK_MACH_ABSOLUTE_TIME,
        Math.max(1, Math.floor(ms * 1e6)),
      ),
    wake: (word, count) => void (count === 1 ? wakeOne : wakeAll)(word, WORD, OS_SYNC_SHARED),
  };
}

function kernelWaiting(declare: Foreign['declare']): Sleeping {
  const wait = declare<(operation: number, w: Int32Array, value: number, us: number) => number>(
    'int __ulock_wait(uint32_t operation, int32_t *word, uint64_t value, uint32_t us)',
  );
  const wake = declare<(operation: number, w: Int32Array, value: number) => number>(
    'int __ulock_wake(uint32_t operation, int32_t *word, uint64_t value)',
  );
  return {
    // No time at all would be forever.
    sleep: (word, expected, ms) =>
      void wait(UL_COMPARE_AND_WAIT_SHARED, word, expected >>> 0, Math.max(1, Math.floor(ms * 1000))),
    wake: (word, count) =>
      void wake(
        count === 1 ? UL_COMPARE_AND_WAIT_SHARED : UL_COMPARE_AND_WAIT_SHARED | ULF_WAKE_ALL,
        word,
        0,
      ),
  };
}
