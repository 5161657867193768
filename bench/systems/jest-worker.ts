import { fileURLToPath } from 'node:url';
import { type Open, perItem, workerFile } from './system.ts';

const METHODS = ['noop', 'spin', 'echo', 'takeArray', 'makeArray', 'spinOrDie', 'chunk'] as const;
type Methods = Record<(typeof METHODS)[number], (item: unknown) => Promise<unknown>>;

export const openJestWorker: Open = async ({ workers }) => {
  const { Worker } = await import('jest-worker');
  const pool = new Worker(fileURLToPath(workerFile('tasks')), {
    numWorkers: workers,
    exposedMethods: METHODS,
  }) as InstanceType<typeof Worker> & Methods;
  return {
    ...perItem((task, item) => pool[task](item)),
    close: async () => {
      await pool.end();
    },
  };
};
