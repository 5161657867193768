import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Pool, TimeoutError } from 'manycore';

export async function slowAnswer(): Promise<number> {
  await sleep(400);
  return 42;
}

export function neverEnds(): void {
  for (;;);
}

async function withinTime(work: PromiseLike<unknown>): Promise<string> {
  try {
    return `the answer is ${await work}`;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return error.message;
  }
}

if (isMainProcess) {
  await using pool = new Pool(1);
  // A limit for the one who waits: the task goes on, and its result can be had later.
  const result = pool.applyAsync(slowAnswer);
  console.log(`get(50): ${await withinTime(result.get(50))}`);
  console.log(`get(): ${await withinTime(result.get())}`);
  // A limit for the task itself: it is ended, and its worker is replaced.
  console.log(`timeout: ${await withinTime(pool.apply(neverEnds, [], { timeout: 200 }))}`);
  console.log(`afterwards: ${await withinTime(pool.apply(slowAnswer))}`);
}
