/** Which way would frames go here? Finds out by trying, for those who want to know beforehand. */
import { closeSync } from 'node:fs';
import { system } from '../native/current.ts';
import { createSegment, Segment, usesSharedMemory } from './segment.ts';

export interface Probe {
  readonly carrier: 'shared memory' | 'sockets';
  readonly reason: string;
}

export function probeTransport(): Probe {
  if (process.env['MANYCORE_TRANSPORT'] === 'socket') return sockets('MANYCORE_TRANSPORT=socket is set');
  if (!usesSharedMemory()) return sockets(`shared memory is not used on ${process.platform} yet`);
  const fd = createSegment();
  if (fd === null) return sockets(`${system.memoryFolder || 'its folder'} is missing, full or not writable`);
  try {
    if (Segment.map(fd) === null)
      return sockets('koffi, an optional dependency, is not installed or does not load');
    return { carrier: 'shared memory', reason: 'rings in memory without a name, mapped by koffi' };
  } finally {
    closeSync(fd);
  }
}

const sockets = (reason: string): Probe => ({ carrier: 'sockets', reason });
