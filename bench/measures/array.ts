import type { Reading, RepeatRequest } from '../protocol.ts';
import { median } from '../report/statistics.ts';
import type { Open } from '../systems/system.ts';
import { ARRAY_LENGTH } from '../workers/tasks.ts';

/** Passes over both arrays before the clock starts. */
const WARM_UP = 20;

type Sweep = (array: Float64Array) => number;

/** Reads and writes each element: a function for each array, which the compiler fits to that array alone. */
const newSweep = (): Sweep =>
  new Function(
    'array',
    'let sum = 0; for (let i = 0; i < array.length; i++) { array[i] = array[i] + 1; sum += array[i]; } return sum;',
  ) as Sweep;

/** Nanoseconds for each element of a shared array that is read and written; `plain` for an array of this process. */
export async function measureArray(_: Open, { count }: RepeatRequest): Promise<Reading> {
  const { SharedArray } = await import('manycore');
  const arrays = [SharedArray('d', ARRAY_LENGTH), new Float64Array(ARRAY_LENGTH)].map((array) => ({
    ...{ array, sweep: newSweep(), times: [] as number[] },
  }));
  for (let pass = 1; pass <= WARM_UP + count; pass += 1)
    for (const { array, sweep, times } of arrays) {
      const begin = performance.now();
      const sum = sweep(array);
      if (pass > WARM_UP) times.push(((performance.now() - begin) * 1e6) / ARRAY_LENGTH);
      if (sum !== pass * ARRAY_LENGTH) throw new Error(`the elements sum up to ${sum} in pass ${pass}`);
    }
  const [shared, plain] = arrays.map(({ times }) => median(times)) as [number, number];
  return { value: shared, ran: count, extra: { plain } };
}
