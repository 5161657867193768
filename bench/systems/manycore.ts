import type { Pool } from 'manycore';
import type { TaskName } from '../protocol.ts';
import type * as Tasks from '../workers/tasks.ts';
import type { Open, Session } from './system.ts';

type Task = (item: unknown) => unknown;

export const openManycore: Open = async ({ workers }) => {
  const [{ Pool }, tasks] = await load();
  return session(new Pool(workers), tasks);
};

/** With a listener for every event: what watching costs. */
export const openManycoreWatched: Open = async ({ workers }) => {
  const [{ Pool }, tasks] = await load();
  const pool = new Pool(workers);
  const hear = () => undefined;
  pool.on('task', hear).on('worker', hear).on('progress', hear).on('output', hear);
  return session(pool, tasks);
};

const load = () => Promise.all([import('manycore'), import('../workers/tasks.ts')]);

function session(pool: Pool, tasks: typeof Tasks): Session {
  const fn = (task: TaskName | 'chunk') => tasks[task] as Task;
  return {
    map: (task, items) => pool.map(fn(task), items),
    one: (task, item) => pool.apply(fn(task), [item]),
    settle: async (task, items, settled) => {
      const results = pool.imapUnordered(fn(task), items);
      for (let done = false; !done; ) {
        try {
          done = (await results.next()).done === true;
          if (!done) settled(true);
        } catch {
          settled(false);
        }
      }
    },
    stream: (task, items) => pool.imap(fn(task), items),
    close: () => pool.terminate(),
    closeInOrder: () => {
      pool.close();
      return pool.join();
    },
  };
}
