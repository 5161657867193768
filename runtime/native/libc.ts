/**
 * Functions of the C library, called through `koffi`, an optional dependency: where it is missing, or this Node forbids memory
 * that is not its own (Electron does), there are none, and what needs them has another way or says so.
 */
import { createRequire } from 'node:module';

export const PROT_NONE = 0;
export const PROT_READ_WRITE = 3;
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = process.platform === 'darwin' ? 0x1000 : 0x20;
export const MAP_FAILED = -1;

/** What mapping needs; in every C library. */
export interface Libc {
  mmap(address: number, size: number, protection: number, flags: number, fd: number, offset: number): number;
  munmap(address: number, size: number): number;
  /** Memory as a buffer. It is not freed with the buffer. */
  view(address: number, size: number): ArrayBuffer;
  /** Number of the last error. */
  errno(): number;
  /** Declares another function: `int flock(int fd, int operation)`. Throws where there is none. */
  declare<F>(declaration: string): F;
}

let loaded: { readonly libc: Libc } | { readonly problem: unknown } | undefined;

/** Null where there is none. */
export function libc(): Libc | null {
  loaded ??= load();
  return 'libc' in loaded ? loaded.libc : null;
}

/** Why there is none. */
export function libcProblem(): unknown {
  loaded ??= load();
  return 'problem' in loaded ? loaded.problem : undefined;
}

function load(): NonNullable<typeof loaded> {
  // Electron refuses external buffers by ending the process.
  if (process.versions['electron'] !== undefined) return { problem: new Error('Electron') };
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const library = koffi.load(null);
    const declare = <F>(declaration: string) => library.func(declaration) as unknown as F;
    const found: Libc = {
      mmap: declare(
        'intptr_t mmap(intptr_t address, size_t size, int protection, int flags, int fd, int64_t offset)',
      ),
      munmap: declare('int munmap(intptr_t address, size_t size)'),
      view: (address, size) => koffi.view(address, size),
      errno: () => koffi.errno(),
      declare,
    };
    return { libc: found };
  } catch (problem) {
    return { problem };
  }
}
