import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';

/** From before the library is loaded to the first result of as many tasks as there are workers, and to the last one. */
export async function measureColdStart(open: Open, request: RepeatRequest): Promise<Reading> {
  const begin = performance.now();
  const session = await open({ workers: request.workers, binary: false });
  const results = Array.from({ length: request.workers }, (_, i) => session.one(request.task, i));
  await Promise.race(results);
  const value = performance.now() - begin;
  await Promise.all(results);
  const all = performance.now() - begin;
  await session.close();
  return { value, ran: 1, extra: { all } };
}
