import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { isProduced, produce } from '../workers/objects.ts';
import { time } from './map.ts';

/** Places of the queue that has a limit. */
const PLACES = 8;

/**
 * Time in which `count` items come out of a queue into which another process puts them one by one; `bounded` of one that has few
 * places. Everything crosses once before the clock starts.
 */
export async function measureQueue(_: Open, { items, count }: RepeatRequest): Promise<Reading> {
  const { Process, Queue } = await import('manycore');
  const through = async (places: number) => {
    const [orders, queue] = [new Queue<number>(), new Queue<unknown>(places)];
    const producer = new Process({ target: produce, args: [orders, queue, items === 'arrays'] });
    await producer.start();
    const take = async () => {
      await orders.put(count);
      for (let i = 0; i < count; i += 1)
        if (!isProduced(await queue.get(), i)) throw new Error(`item ${i} came out wrong`);
    };
    await take();
    const ms = await time(take);
    await orders.put(0);
    await producer.join();
    return ms;
  };
  return { value: await through(0), ran: count, extra: { bounded: await through(PLACES) } };
}
