/** Does this system have shared memory? */
import { SharedMemoryUnavailableError } from '../errors.ts';
import { system } from '../native/current.ts';
import { foreignProblem } from '../native/foreign.ts';
import type { Memory } from '../native/system.ts';

const NODE = 'Node 20.19 or later';
let found: Memory | undefined;

/** @throws {SharedMemoryUnavailableError} where there is no shared memory. */
export function platform(): Memory {
  found ??= find();
  return found;
}

function find(): Memory {
  const electron = process.versions['electron'];
  if (electron !== undefined)
    throw new SharedMemoryUnavailableError(
      `shared memory cannot be had in the Node of Electron ${electron}, which forbids memory from outside. ` +
        `Run the program with ${NODE} itself.`,
    );
  const memory = system.memory();
  if (memory === null)
    throw new SharedMemoryUnavailableError(
      'shared memory needs the package koffi, an optional dependency, which is not installed or does not load. ' +
        `Install it (\`npm install koffi\`) and run the program with ${NODE} on Linux, macOS or Windows with x64 or arm64.`,
      { cause: foreignProblem() },
    );
  return memory;
}
