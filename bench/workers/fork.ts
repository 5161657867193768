/** Child of the hand-written pool over `child_process.fork`. */
import type { Job, Outcome } from '../systems/by-hand.ts';
import { chunk, tasks } from './tasks.ts';

const all: Record<string, (item: never) => unknown> = { ...tasks, chunk };

process.on('message', ({ id, task, item }: Job) => {
  const answer: Outcome = { id, value: all[task]?.(item as never) };
  process.send?.(answer);
});
