import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { countUp } from '../workers/objects.ts';
import { time } from './map.ts';

/** Microseconds to take and give back a lock that nobody else wants; `blocking` by its blocking form. */
export async function measureLock(_: Open, { count }: RepeatRequest): Promise<Reading> {
  const { Lock } = await import('manycore');
  const lock = new Lock();
  const awaiting = async () => {
    for (let i = 0; i < count; i += 1) {
      await lock.acquire();
      lock.release();
    }
  };
  const blocking = async () => {
    for (let i = 0; i < count; i += 1) {
      lock.acquireSync();
      lock.release();
    }
  };
  for (const warm of [awaiting, blocking]) await warm();
  const each = async (form: () => Promise<void>) => ((await time(form)) * 1000) / count;
  return { value: await each(awaiting), ran: count, extra: { blocking: await each(blocking) } };
}

/** The same for a lock that all workers want all the time, each for its share of `count` times. */
export async function measureContended(_: Open, { count, workers }: RepeatRequest): Promise<Reading> {
  const { Barrier, Lock, Process, Queue, RawArray } = await import('manycore');
  const share = Math.ceil(count / workers);
  const each = async (blocking: boolean) => {
    const total = RawArray('i32', 1);
    const [lock, barrier, times] = [new Lock(), new Barrier(workers), new Queue<number>()];
    const args = [lock, total, barrier, times, share, blocking] as const;
    const processes = Array.from(
      { length: workers },
      () => new Process({ target: countUp, args: [...args] }),
    );
    for (const one of processes) await one.start();
    for (const one of processes) await one.join();
    if (total[0] !== share * workers) throw new Error(`counted ${total[0]} instead of ${share * workers}`);
    const all = processes.map(() => times.getNoWait());
    return (Math.max(...all) * 1000) / (share * workers);
  };
  return { value: await each(false), ran: share * workers, extra: { blocking: await each(true) } };
}
