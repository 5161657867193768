/** What becomes of the chunks of a worker that ended. */
import type { Emitter } from '../watch/emitter.ts';
import type { Progress } from '../watch/progress.ts';
import type { WorkerTally } from '../watch/stats.ts';
import { type Assignment, indexOf } from './assignment.ts';
import type { Chunk } from './call.ts';
import { type EndedWorker, workerDied } from './death.ts';
import type { FunctionTable } from './function-table.ts';

/** Ends of workers that had a chunk and did not begin it, after which its items fail. */
const MAX_LOSSES = 3;
/** Ends of workers while they import a function's module, after which the call fails. */
const MAX_IMPORT_DEATHS = 2;

export interface LostWorker extends EndedWorker {
  readonly id: number;
  readonly tally: WorkerTally;
  readonly assigned: Assignment[];
  readonly runningPosition: number | undefined;
  /** The function whose module it imported. */
  readonly loading: number | undefined;
}

export interface RecoveryContext {
  readonly events: Emitter;
  readonly progress: Progress;
  readonly functions: FunctionTable;
  /** Of the pool. */
  readonly retries: number;
}

/** The running item failed, or runs again where it has retries left; the others run elsewhere. */
export function recover(
  worker: LostWorker,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  context: RecoveryContext,
): void {
  const [first, ...others] = worker.assigned.splice(0);
  for (const { chunk } of others) chunk.call.requeue(chunk, chunk.from, chunk.to, {});
  if (first === undefined || first.chunk.call.isOver || first.position >= first.chunk.to) return;
  const { chunk, position, begun } = first;
  const died = (index: number | undefined, when: string) => workerDied(worker, exitCode, signal, index, when);
  const { runningPosition } = worker;
  // One that ended by itself after other tasks did so because of them: what was on its way to it has no part in that.
  const isInnocent = exitCode === 0 && worker.tally.tasks > 0 && worker.loading === undefined;
  if (begun === undefined && isInnocent) chunk.call.requeue(chunk, position, chunk.to, {});
  else if (begun === undefined) recoverUnbegun(worker, first, died, context);
  else if (runningPosition !== undefined && runningPosition < position && first.expired === undefined)
    // It was ended between two items, or behind the last one: nothing is lost.
    chunk.call.requeue(chunk, position, chunk.to, {});
  else if (runningPosition === undefined && !begun.exact && signal !== null && first.expired === undefined)
    // It was killed amid tiny items: which one was running shows when they run again one by one.
    chunk.call.requeue(chunk, position, chunk.to, { exact: true });
  else {
    chunk.call.requeue(chunk, position + 1, chunk.to, {});
    const index = indexOf(chunk, position);
    if (first.expired === undefined && chunk.attempts < chunk.call.options.retries)
      chunk.call.requeue(chunk, position, position + 1, { attempts: chunk.attempts + 1 });
    else {
      const error = first.expired ?? died(index, index === undefined ? 'in its task' : `in item ${index}`);
      fail(worker, chunk, position, error, context);
    }
  }
}

function recoverUnbegun(
  worker: LostWorker,
  { chunk, position }: Assignment,
  died: (index: number | undefined, when: string) => Error,
  context: RecoveryContext,
): void {
  const { call } = chunk;
  const { loading } = worker;
  if (loading !== undefined && ++call.importDeaths >= MAX_IMPORT_DEATHS + context.retries)
    call.fail(died(undefined, `while it imported ${context.functions.reference(loading).url}`));
  else if (chunk.losses + 1 < MAX_LOSSES)
    call.requeue(chunk, position, chunk.to, { losses: chunk.losses + 1 });
  else
    for (let at = position; at < chunk.to; at++)
      fail(worker, chunk, at, died(indexOf(chunk, at), 'before it began'), context);
}

function fail(
  worker: LostWorker,
  chunk: Chunk,
  position: number,
  error: Error,
  { events, progress }: RecoveryContext,
): void {
  worker.tally.tasks++;
  const itemIndex = indexOf(chunk, position);
  if (events.has('task')) {
    const now = Date.now();
    const { id: workerId, pid } = worker;
    const none = { queueWait: 0, encode: 0, decode: 0, bytesIn: 0, bytesOut: 0 };
    events.emit('task', { workerId, pid, itemIndex, ok: false, error, begin: now, end: now, ...none });
  }
  progress.add(1, 1);
  chunk.call.error(itemIndex ?? 0, error);
}
