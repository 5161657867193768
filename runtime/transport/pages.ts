/** Maps pages of a file into this process, where that can be. */
import {
  libc,
  MAP_ANONYMOUS,
  MAP_FAILED,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_NONE,
  PROT_READ_WRITE,
} from '../native/libc.ts';

/** `size` bytes of the file, twice in a row; null where it cannot be. The mapping stays until its buffer is collected. */
export function mapTwice(fd: number, offset: number, size: number): ArrayBuffer | null {
  const native = libc();
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
  ({ address, size }: { readonly address: number; readonly size: number }) => libc()?.munmap(address, size),
);
