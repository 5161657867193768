import { isMainProcess, Pool } from 'manycore';

export function digitsOfFactorial(number: number): number {
  let product = 1n;
  for (let factor = 2n; factor <= number; factor++) product *= factor;
  return product.toString().length;
}

if (isMainProcess) {
  const numbers = [500, 1000, 1500, 2000, 2500, 3000];
  await using pool = new Pool();
  const digits = await pool.map(digitsOfFactorial, numbers);
  // Results are in the order of the items, whichever worker was first.
  for (const [index, number] of numbers.entries()) console.log(`${number}! has ${digits[index]} digits`);
}
