/** What the other process does while a queue, a pipe or a lock is measured. */
import type { Barrier, Connection, Lock, Queue } from 'manycore';

/** Bytes of a large item. */
export const BUFFER_BYTES = 1_048_576;
/** Buffers that are sent in turn: making them is not measured. */
const BUFFERS = 4;

/** Puts as many items as each order says, integers or large ones, until one says 0. */
export async function produce(orders: Queue<number>, queue: Queue<unknown>, large: boolean): Promise<void> {
  const buffers = Array.from({ length: BUFFERS }, (_, i) => Buffer.alloc(BUFFER_BYTES, i));
  for (;;) {
    const count = await orders.get();
    if (count === 0) return;
    for (let i = 0; i < count; i += 1) await queue.put(large ? buffers[i % BUFFERS] : i);
  }
}

/** True for the item that `produce` puts as number `i`. */
export const isProduced = (item: unknown, i: number): boolean =>
  item instanceof Uint8Array
    ? item.length === BUFFER_BYTES && item[0] === i % BUFFERS && item.at(-1) === i % BUFFERS
    : item === i;

/** Sends back what comes, until the other end is gone. */
export async function echoAll(connection: Connection<number>): Promise<void> {
  for await (const value of connection) await connection.send(value);
}

/** Adds 1 to a number `count` times, each time holding the lock. Tells the time that it took, in ms. */
export async function countUp(
  lock: Lock,
  total: Int32Array,
  barrier: Barrier,
  times: Queue<number>,
  count: number,
  blocking: boolean,
): Promise<void> {
  await barrier.wait();
  const begin = performance.now();
  for (let i = 0; i < count; i += 1) {
    if (blocking) lock.acquireSync();
    else await lock.acquire();
    total[0] = (total[0] as number) + 1;
    lock.release();
  }
  await times.put(performance.now() - begin);
}
