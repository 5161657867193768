import type * as Esbuild from 'esbuild';
import { JobError } from '../errors.ts';

let borrowers = 0;

/**
 * esbuild, loaded when it is first needed. It works in a process of its own, which ends when the last borrower disposes:
 * nothing of it is left while a run is measured.
 * @throws {JobError} `ERR_MANYCORE_LOADER` where it is not installed for this platform.
 */
export async function borrowEsbuild(): Promise<{ esbuild: typeof Esbuild } & AsyncDisposable> {
  let esbuild: typeof Esbuild;
  try {
    esbuild = await import('esbuild');
  } catch (error) {
    throw new JobError('ERR_MANYCORE_LOADER', `esbuild cannot be loaded: ${String(error)}`, {
      hint: 'Install manycore again with optional dependencies, on the platform where it runs.',
      exitCode: 3,
      cause: error,
    });
  }
  borrowers++;
  return {
    esbuild,
    async [Symbol.asyncDispose]() {
      if (--borrowers === 0) await esbuild.stop();
    },
  };
}
