/**
 * What people write when they use no pool: a few workers, messages with an id, some of them under way to each worker.
 * `fork` sends JSON where it can, since that is the faster one for small messages.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { chunkedByHand, type Open, type Session, workerFile } from './system.ts';

export interface Job {
  readonly id: number;
  readonly task: string;
  readonly item: unknown;
}

export interface Outcome {
  readonly id: number;
  readonly value: unknown;
}

/** Messages under way to each worker, so that it need not wait for the parent between two of them. */
const UNDER_WAY = 16;

interface Endpoint {
  send(job: Job): void;
  onOutcome(listener: (outcome: Outcome) => void): void;
  end(): Promise<unknown>;
}

export const openFork: Open = async ({ workers, binary }) =>
  session(
    Array.from({ length: workers }, () => {
      const child = fork(workerFile('fork'), { serialization: binary ? 'advanced' : 'json' });
      return {
        send: (job) => void child.send(job),
        onOutcome: (listener) => void child.on('message', listener),
        end: () => {
          const ended = once(child, 'exit');
          child.kill();
          return ended;
        },
      };
    }),
  );

export const openForkChunked: Open = async (options) =>
  chunkedByHand(await openFork({ ...options, binary: true }), options.workers);

export const openThreads: Open = async ({ workers }) =>
  session(
    Array.from({ length: workers }, () => {
      const worker = new Worker(workerFile('thread'));
      return {
        send: (job) => worker.postMessage(job),
        onOutcome: (listener) => void worker.on('message', listener),
        end: () => worker.terminate(),
      };
    }),
  );

function session(endpoints: readonly Endpoint[]): Session {
  const waiting: Job[] = [];
  let first = 0;
  let ids = 0;
  const resolves = new Map<number, (value: unknown) => void>();
  const free = endpoints.map((endpoint) => {
    const slot = { endpoint, underWay: 0 };
    endpoint.onOutcome(({ id, value }) => {
      slot.underWay -= 1;
      resolves.get(id)?.(value);
      resolves.delete(id);
      feed();
    });
    return slot;
  });

  function feed(): void {
    while (first < waiting.length) {
      const slot = free.reduce((least, other) => (other.underWay < least.underWay ? other : least));
      const job = waiting[first];
      if (slot.underWay >= UNDER_WAY || job === undefined) return;
      first += 1;
      slot.underWay += 1;
      slot.endpoint.send(job);
    }
    waiting.length = 0;
    first = 0;
  }

  const one: Session['one'] = (task, item) =>
    new Promise((resolve) => {
      ids += 1;
      resolves.set(ids, resolve);
      waiting.push({ id: ids, task, item });
      feed();
    });
  return {
    one,
    map: (task, items) => Promise.all(items.map((item) => one(task, item))),
    close: async () => {
      await Promise.all(endpoints.map((endpoint) => endpoint.end()));
    },
  };
}
