import { fileURLToPath } from 'node:url';
import { type Open, perItem, workerFile } from './system.ts';

const open =
  (workerType: 'process' | 'thread'): Open =>
  async ({ workers, binary }) => {
    const { default: workerpool } = await import('workerpool');
    const pool = workerpool.pool(fileURLToPath(workerFile('workerpool')), {
      workerType,
      minWorkers: workers,
      maxWorkers: workers,
      ...(binary && workerType === 'process' ? { forkOpts: { serialization: 'advanced' } } : {}),
    });
    return {
      ...perItem(async (task, item) => pool.exec(task, [item])),
      close: async () => {
        await pool.terminate(true);
      },
      closeInOrder: async () => {
        await pool.terminate();
      },
    };
  };

export const openWorkerpoolProcess = open('process');
export const openWorkerpoolThread = open('thread');
