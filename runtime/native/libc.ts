/** Mapping of pages, as the C libraries of Linux and macOS have it. */
import { type Foreign, foreign } from './foreign.ts';

export const PROT_NONE = 0;
export const PROT_READ_WRITE = 3;
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = process.platform === 'darwin' ? 0x1000 : 0x20;
export const MAP_FAILED = -1;

export interface Libc extends Foreign {
  mmap(address: number, size: number, protection: number, flags: number, fd: number, offset: number): number;
  munmap(address: number, size: number): number;
}

let loaded: Libc | undefined;

/** Null where no functions of the system can be called. Throws on Windows, which has others. */
export function libc(): Libc | null {
  if (loaded !== undefined) return loaded;
  const functions = foreign();
  if (functions === null) return null;
  loaded = {
    ...functions,
    mmap: functions.declare(
      'intptr_t mmap(intptr_t address, size_t size, int protection, int flags, int fd, int64_t offset)',
    ),
    munmap: functions.declare('int munmap(intptr_t address, size_t size)'),
  };
  return loaded;
}
