import { fileURLToPath } from 'node:url';
import { type Open, perItem, workerFile } from './system.ts';

export const openPoolifier: Open = async ({ workers }) => {
  const { FixedThreadPool } = await import('poolifier');
  const pool = new FixedThreadPool<unknown, unknown>(workers, fileURLToPath(workerFile('poolifier')), {
    errorHandler: () => undefined,
  });
  return {
    ...perItem((task, item) => pool.execute(item, task)),
    close: () => pool.destroy(),
  };
};
