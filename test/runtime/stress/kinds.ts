/** All that is put under stress, by name: another one is a file of its own and a line here. */
import { atomics } from './atomics.ts';
import { barriers } from './barriers.ts';
import { conditions } from './conditions.ts';
import { events } from './events.ts';
import type { Kind } from './kind.ts';
import { locks } from './locks.ts';
import { managers } from './managers.ts';
import { pool } from './pool.ts';
import { queues } from './queues.ts';
import { semaphores } from './semaphores.ts';

export const kinds: Readonly<Record<string, Kind>> = {
  pool,
  locks,
  semaphores,
  atomics,
  queues,
  events,
  conditions,
  barriers,
  managers,
};
