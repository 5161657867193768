import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Open, perItem, workerFile } from './system.ts';

export const openPoolifier: Open = async ({ workers }) => {
  const { FixedThreadPool } = await import('poolifier');
  const pool = new FixedThreadPool<unknown, unknown>(workers, fileURLToPath(workerFile('poolifier')), {
    errorHandler: () => undefined,
  });
  return {
    ...perItem((task, item) => pool.execute(item, task)),
    // Right after a few short tasks its `destroy` may never settle; the repeat's end takes the threads along.
    close: () => Promise.race([pool.destroy(), setTimeout(1000)]),
  };
};
