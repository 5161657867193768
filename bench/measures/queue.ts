import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { isProduced, produce } from '../workers/objects.ts';
import { time } from './map.ts';

/** Share of the items that crosses first, before the clock starts. */
const WARM_UP = 1;

/** Time in which `count` items come out of a queue into which another process puts them one by one. */
export async function measureQueue(_: Open, { items, count }: RepeatRequest): Promise<Reading> {
  const { Process, Queue } = await import('manycore');
  const [orders, queue] = [new Queue<number>(), new Queue<unknown>()];
  const producer = new Process({ target: produce, args: [orders, queue, items === 'arrays'] });
  await producer.start();
  const take = async (number: number) => {
    await orders.put(number);
    for (let i = 0; i < number; i += 1)
      if (!isProduced(await queue.get(), i)) throw new Error(`item ${i} came out wrong`);
  };
  await take(Math.ceil(count * WARM_UP));
  const ms = await time(() => take(count));
  await orders.put(0);
  await producer.join();
  return { value: ms, ran: count, extra: {} };
}
