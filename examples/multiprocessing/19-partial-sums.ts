import { isMainProcess, Pool } from 'manycore';

const CHUNK = 500_000;

/** Sum of the digits of all numbers from `from` to the one before `to`. */
export function digitSum(from: number, to: number): number {
  let sum = 0;
  for (let number = from; number < to; number++)
    for (let rest = number; rest > 0; rest = Math.floor(rest / 10)) sum += rest % 10;
  return sum;
}

if (isMainProcess) {
  const chunks = [0, 1, 2, 3, 4, 5].map((index) => [index * CHUNK, (index + 1) * CHUNK] as const);
  await using pool = new Pool();
  const sums = await pool.starmap(digitSum, chunks);
  for (const [index, sum] of sums.entries()) console.log(`from ${chunks[index]?.[0]}: ${sum}`);
  console.log(`together: ${sums.reduce((total, sum) => total + sum)}`);
}
