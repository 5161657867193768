import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Announcement } from './engine.ts';

/** What every run of this process says of itself. */
export const announcementHead = (): Pick<
  Announcement,
  'version' | 'id' | 'nodeMajor' | 'announcedAt' | 'coordinator'
> => ({
  version: 1,
  // Not of digits alone, and no colon: BullMQ takes neither.
  id: `r${randomBytes(6).toString('hex')}`,
  nodeMajor: Number(process.versions.node.split('.')[0]),
  announcedAt: Date.now(),
  coordinator: `${hostname()}/${process.pid}`,
});
