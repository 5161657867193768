/** Tells how a worker ended, in words. */
import { totalmem } from 'node:os';
import { WorkerDiedError } from '../errors.ts';

export interface EndedWorker {
  readonly name: string;
  readonly pid: number;
  readonly rss: number | undefined;
  /** Ended by the pool, because it used this many times its memory limit or more. */
  readonly overMemory: boolean;
}

export function workerDied(
  worker: EndedWorker,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  itemIndex: number | undefined,
  when: string,
): WorkerDiedError {
  const how = signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`;
  const memory = looksLikeMemory(worker, exitCode, signal);
  const rss = worker.rss === undefined ? '' : `, last seen with ${Math.round(worker.rss / 1048576)} MiB`;
  const hint = memory
    ? ' It is probably out of memory: use fewer processes, smaller items, or `execArgv: ["--max-old-space-size=..."]`.'
    : '';
  return new WorkerDiedError(`worker ${worker.name} (pid ${worker.pid}${rss}) ${how} ${when}.${hint}`, {
    exitCode,
    signal,
    pid: worker.pid,
    lastRss: worker.rss,
    itemIndex,
    probablyOutOfMemory: memory,
  });
}

/** V8 aborts when its heap is full; the kernel kills when the machine is. */
function looksLikeMemory(
  worker: EndedWorker,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
): boolean {
  if (worker.overMemory) return true;
  if (signal === 'SIGABRT' || exitCode === 134) return true;
  const limit = process.constrainedMemory?.() ?? 0;
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  return signal === 'SIGKILL' && worker.rss !== undefined && worker.rss > memory / 2;
}
