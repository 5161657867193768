/** Systems of which nothing is known: values are copied between processes, and nothing is shared. */
import { SharedMemoryUnavailableError } from '../errors.ts';
import type { System } from './system.ts';

export const unknown: System = {
  namePrefix: '',
  memoryFolder: '',
  refusedInNames: /[/\0]/,
  carriesFrames: false,
  // A shell is there on all of them; there is nothing that it would have to remove.
  guard: { inode: 'false', lock: 'false', start: () => '0' },
  startTime: () => '0',
  runningSince: () => 0,
  namespace: () => '0',
  makeMemoryFolder() {},
  pipe: () => null,
  openUnnamed: unavailable,
  memory: unavailable,
  waiting: unavailable,
};

function unavailable(): never {
  throw new SharedMemoryUnavailableError(
    `shared memory cannot be had on ${process.platform}. Run the program on Linux; macOS and Windows have most of it.`,
  );
}
