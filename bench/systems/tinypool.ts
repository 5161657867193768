import { fileURLToPath } from 'node:url';
import { type Open, perItem, workerFile } from './system.ts';

export const openTinypool: Open = async ({ workers }) => {
  const { Tinypool } = await import('tinypool');
  const filename = fileURLToPath(workerFile('tasks'));
  const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers });
  return {
    ...perItem((name, item) => pool.run(item, { name })),
    close: async () => {
      await pool.destroy();
    },
  };
};
