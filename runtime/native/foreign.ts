/**
 * Functions of the system's libraries, called through `koffi`, an optional dependency: where it is missing, or this Node forbids
 * memory that is not its own (Electron does), there are none, and what needs them has another way or says so.
 */
import { createRequire } from 'node:module';

export interface Foreign {
  /** Declares a function: `int flock(int fd, int operation)`. Throws where there is none with its name. */
  declare<F>(declaration: string): F;
  /** Memory as a buffer. It is not freed with the buffer. */
  view(address: number, size: number): ArrayBuffer;
  /** Number of the last error in the C library. */
  errno(): number;
}

let loaded: { readonly foreign: Foreign } | { readonly problem: unknown } | undefined;

/** Null where there is none. */
export function foreign(): Foreign | null {
  loaded ??= load();
  return 'foreign' in loaded ? loaded.foreign : null;
}

/** Why there is none. */
export function foreignProblem(): unknown {
  loaded ??= load();
  return 'problem' in loaded ? loaded.problem : undefined;
}

function load(): NonNullable<typeof loaded> {
  // Electron refuses external buffers by ending the process.
  if (process.versions['electron'] !== undefined) return { problem: new Error('Electron') };
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    // Without a name: all that this process has loaded, the C library among it.
    const library = koffi.load(process.platform === 'win32' ? 'kernel32.dll' : null);
    return {
      foreign: {
        declare: <F>(declaration: string) => library.func(declaration) as unknown as F,
        view: (address, size) => koffi.view(address, size),
        errno: () => koffi.errno(),
      },
    };
  } catch (problem) {
    return { problem };
  }
}
