/**
 * Maps pages of a file into this process, through `koffi`, an optional dependency: where it is missing, or this Node forbids
 * memory that is not its own (Electron does), nothing can be mapped, and what needs it has another way.
 */
import { createRequire } from 'node:module';

const PROT_NONE = 0;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = process.platform === 'darwin' ? 0x1000 : 0x20;
const MAP_FAILED = -1;

interface Native {
  mmap(address: number, size: number, protection: number, flags: number, fd: number, offset: number): number;
  munmap(address: number, size: number): number;
  view(address: number, size: number): ArrayBuffer;
}

let native: Native | null | undefined;

/** `size` bytes of the file, twice in a row; null where it cannot be. The mapping stays until its buffer is collected. */
export function mapTwice(fd: number, offset: number, size: number): ArrayBuffer | null {
  native ??= load();
  if (native === null) return null;
  const { mmap, munmap, view } = native;
  // Room for both is taken first, so that nothing else gets between.
  const base = mmap(0, size * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base === MAP_FAILED) return null;
  const flags = MAP_SHARED | MAP_FIXED;
  const mapped = [base, base + size].every(
    (address) => mmap(address, size, PROT_READ_WRITE, flags, fd, offset) === address,
  );
  if (!mapped) {
    munmap(base, size * 2);
    return null;
  }
  const buffer = view(base, size * 2);
  unmapper.register(buffer, { address: base, size: size * 2 });
  return buffer;
}

/** Buffers are external memory: nobody else gives it back. */
const unmapper = new FinalizationRegistry(
  ({ address, size }: { readonly address: number; readonly size: number }) => native?.munmap(address, size),
);

function load(): Native | null {
  // Electron refuses external buffers by ending the process.
  if (process.versions['electron'] !== undefined) return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const libc = koffi.load(null);
    const found: Native = {
      mmap: libc.func(
        'intptr_t mmap(intptr_t address, size_t size, int protection, int flags, int fd, int64_t offset)',
      ),
      munmap: libc.func('int munmap(intptr_t address, size_t size)'),
      view: (address, size) => koffi.view(address, size),
    };
    return found;
  } catch {
    return null;
  }
}
