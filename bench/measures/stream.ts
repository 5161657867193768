import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';

/** Growth is counted from the parent's memory after so many items. */
const BASE = 100_000;
/** Items between two looks at the clock and the memory. */
const LOOK_EVERY = 10_000;

/** How much the parent grows (MB of resident memory) while results of a long generator are taken one by one. */
export async function measureStream(open: Open, request: RepeatRequest): Promise<Reading> {
  const { task, workers, count } = request;
  const session = await open({ workers, binary: false });
  if (!session.stream) throw new Error('this system has no call that reads its input lazily');
  const base = Math.min(BASE, Math.floor(count / 2));
  let atBase = 0;
  let peak = 0;
  let taken = 0;
  let sum = 0;
  const begin = performance.now();
  for await (const result of session.stream(task, integers(count))) {
    sum += result as number;
    taken += 1;
    if (taken === base) atBase = process.memoryUsage.rss();
    if (taken % LOOK_EVERY !== 0) continue;
    peak = Math.max(peak, process.memoryUsage.rss());
    if (taken > base && performance.now() - begin > request.budget) break;
  }
  const ms = performance.now() - begin;
  if (sum !== (taken * (taken - 1)) / 2) throw new Error(`wrong results in the first ${taken} of the stream`);
  peak = Math.max(peak, process.memoryUsage.rss());
  await session.close();
  // Memory does not grow by a straight line: it is told for what was taken and never scaled up.
  return {
    value: (peak - atBase) / 1e6,
    ran: taken,
    extra: { peak: peak / 1e6, itemsPerSecond: (taken / ms) * 1000 },
  };
}

function* integers(count: number): Generator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}
