import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';

/** Round trips before the clock starts. */
const WARM_UP = 500;

/** One task at a time: microseconds from the call to its result. */
export async function measureRoundTrip(open: Open, request: RepeatRequest): Promise<Reading> {
  const { task, workers } = request;
  const session = await open({ workers, binary: false });
  const reading = await roundTrips(request, (i) => session.one(task, i));
  await session.close();
  return reading;
}

/** One after the other: `send` gives back its number from another process. */
export async function roundTrips(
  { count, budget }: RepeatRequest,
  send: (i: number) => Promise<unknown>,
): Promise<Reading> {
  for (let i = 0; i < Math.min(WARM_UP, count); i += 1) await send(i);
  const times = new Float64Array(count);
  const begin = performance.now();
  let ran = 0;
  while (ran < count && performance.now() - begin < budget) {
    const sent = performance.now();
    if ((await send(ran)) !== ran) throw new Error(`wrong result for round trip ${ran}`);
    times[ran] = (performance.now() - sent) * 1000;
    ran += 1;
  }
  const sorted = times.subarray(0, ran).sort();
  const at = (share: number) => sorted[Math.min(ran - 1, Math.floor(ran * share))] ?? Number.NaN;
  return { value: at(0.5), ran, extra: { p99: at(0.99), max: at(1) } };
}
