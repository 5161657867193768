import { isMainProcess, Process, Queue } from 'manycore';

const EXPONENTS = [11, 13, 23, 29, 31, 37];

/** Puts Mersenne's numbers. The queue has room for two, so this one is never far ahead. */
export async function produce(queue: Queue<[exponent: number, number: bigint]>): Promise<void> {
  for (const exponent of EXPONENTS) await queue.put([exponent, 2n ** BigInt(exponent) - 1n]);
  queue.close();
}

/** The loop ends when the queue is closed and nothing is left in it. */
export async function consume(queue: Queue<[exponent: number, number: bigint]>): Promise<void> {
  for await (const [exponent, number] of queue) {
    const factors = factorsOf(number);
    const found = factors.length > 1 ? `= ${factors.join(' x ')}` : 'is prime';
    console.log(`2^${exponent} - 1 = ${number} ${found}`);
  }
}

function factorsOf(number: bigint): bigint[] {
  for (let divisor = 3n; divisor * divisor <= number; divisor += 2n)
    if (number % divisor === 0n) return [divisor, ...factorsOf(number / divisor)];
  return [number];
}

if (isMainProcess) {
  const queue = new Queue<[exponent: number, number: bigint]>(2);
  const producer = new Process({ target: produce, args: [queue] });
  const consumer = new Process({ target: consume, args: [queue] });
  producer.start();
  consumer.start();
  await producer.join();
  await consumer.join();
  console.log(`Exit codes: ${producer.exitCode}, ${consumer.exitCode}`);
}
