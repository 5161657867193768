import { ShareableList } from '../../memory/list.ts';
import type { ShareableItem } from '../../memory/list-layout.ts';
import { SharedMemory } from '../../memory/shared-memory.ts';
import type { Call } from '../session.ts';
import type { Held } from './held.ts';

/** Segments of shared memory, which end together. */
export class HeldSegments implements Held {
  readonly #segments: SharedMemory[] = [];

  readonly methods = {
    memory: (call: Call) => this.#keep(call, new SharedMemory({ create: true, size: call.value() })),
    list: (call: Call) => this.#keep(call, new ShareableList(call.value<ShareableItem[]>()).shm),
    unlink: (call: Call) => {
      for (const segment of this.#segments.splice(0)) remove(segment);
      call.done();
    },
  };

  #keep(call: Call, segment: SharedMemory): void {
    this.#segments.push(segment);
    call.give(segment.name);
  }
}

/** Unlinks a segment, unless the user has done so. */
export function remove(segment: SharedMemory): void {
  try {
    segment.unlink();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  segment.close();
}
