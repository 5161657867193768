/** Worker of the hand-written pool over `worker_threads`. */
import { parentPort } from 'node:worker_threads';
import type { Job, Outcome } from '../systems/by-hand.ts';
import { chunk, tasks } from './tasks.ts';

const all: Record<string, (item: never) => unknown> = { ...tasks, chunk };

parentPort?.on('message', ({ id, task, item }: Job) => {
  const answer: Outcome = { id, value: all[task]?.(item as never) };
  parentPort?.postMessage(answer);
});
