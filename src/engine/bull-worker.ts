import type { Worker, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX, queueName } from './keys.ts';
import type { Libraries } from './libraries.ts';

/** BullMQ's worker of a run without its loop, and so without a connection of its own to wait by. */
export function passiveWorker<Data>(
  { bullmq: { Worker: BullWorker, createRedisBackend } }: Libraries,
  redis: Redis,
  run: string,
  options: Omit<WorkerOptions, 'connection' | 'prefix'>,
): Worker<Data, string> {
  const worker = new BullWorker<Data, string>(
    queueName(run),
    null,
    { connection: redis, prefix: PREFIX, ...options },
    (name, all) => createRedisBackend(name, all),
  );
  // What it means for a chunk the coordinator sees: a lost lock, a server that restarts.
  worker.on('error', () => {});
  return worker;
}
