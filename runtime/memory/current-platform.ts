/** Which system is this, and does it have shared memory? */
import { SharedMemoryUnavailableError } from '../errors.ts';
import { libc, libcProblem } from '../native/libc.ts';
import { linuxPlatform } from './linux.ts';
import type { Platform } from './platform.ts';

const NODE = 'Node 20.19 or later';
let found: Platform | undefined;

/** @throws {SharedMemoryUnavailableError} where there is no shared memory. */
export function platform(): Platform {
  found ??= find();
  return found;
}

function find(): Platform {
  const electron = process.versions['electron'];
  if (electron !== undefined)
    throw new SharedMemoryUnavailableError(
      `shared memory cannot be had in the Node of Electron ${electron}, which forbids memory from outside. ` +
        `Run the program with ${NODE} itself, on Linux.`,
    );
  if (process.platform !== 'linux')
    throw new SharedMemoryUnavailableError(
      `shared memory cannot be had on ${process.platform} yet. Run the program with ${NODE} on Linux.`,
    );
  const native = libc();
  if (native === null)
    throw new SharedMemoryUnavailableError(
      'shared memory needs the package koffi, an optional dependency, which is not installed or does not load. ' +
        `Install it (\`npm install koffi\`) and run the program with ${NODE} on Linux with x64 or arm64.`,
      { cause: libcProblem() },
    );
  return linuxPlatform(native);
}
