import { fileURLToPath } from 'node:url';
import { chunkedByHand, type Open, perItem, workerFile } from './system.ts';

export const openPiscina: Open = async ({ workers }) => {
  const { Piscina } = await import('piscina');
  const filename = fileURLToPath(workerFile('tasks'));
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers });
  return {
    ...perItem((name, item) => pool.run(item, { name })),
    close: () => pool.destroy(),
    closeInOrder: () => pool.close(),
  };
};

export const openPiscinaChunked: Open = async (options) =>
  chunkedByHand(await openPiscina(options), options.workers);
