/** What the C library does with memory that was freed. */
import { libc } from './libc.ts';

/** Bytes of a value from which on it matters. */
export const LARGE_VALUE = 131_072;

/** Parameters of `mallopt` of glibc. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
/** Freed memory at the end of the heap that is kept: V8 lets about as many bytes of buffers pile up before it collects them. */
const KEPT = 67_108_864;
/** The most that glibc takes for blocks that lie in the heap. */
const LARGEST = 33_554_432;

let isSet = false;

/**
 * Lets this process keep up to 64 MiB of freed memory for the next large values. Otherwise glibc gives it back at once, and the
 * kernel clears new pages for each value, which takes four times as long as the copy. Does nothing where the environment says what
 * `malloc` is to do, or where there is no such function.
 */
export function keepFreedMemory(): void {
  if (isSet) return;
  isSet = true;
  if (process.platform !== 'linux' || isSaid(process.env)) return;
  try {
    const mallopt = libc()?.declare<(parameter: number, value: number) => number>(
      'int mallopt(int parameter, int value)',
    );
    mallopt?.(M_MMAP_THRESHOLD, LARGEST);
    mallopt?.(M_TRIM_THRESHOLD, KEPT);
  } catch {
    // Another C library.
  }
}

const isSaid = (environment: NodeJS.ProcessEnv): boolean =>
  Object.keys(environment).some((name) => name.startsWith('MALLOC_')) ||
  (environment['GLIBC_TUNABLES'] ?? '').includes('malloc');
