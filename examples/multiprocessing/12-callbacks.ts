import { isMainProcess, Pool } from 'manycore';

/** `12.50` is 1250 cents. */
export function cents(price: string): number {
  if (!/^\d+\.\d\d$/.test(price)) throw new RangeError(`'${price}' is no price`);
  return Number(price.replace('.', ''));
}

if (isMainProcess) {
  let [sum, failed] = [0, 0];
  const callback = (value: number) => {
    sum += value;
    console.log(`+ ${value}`);
  };
  const errorCallback = (error: Error) => {
    failed++;
    console.log(`${error.name}: ${error.message}`);
  };
  const pool = new Pool(2);
  for (const price of ['12.50', '0.99', 'free', '7.00'])
    pool.applyAsync(cents, [price], { callback, errorCallback });
  pool.close();
  await pool.join();
  console.log(`${sum} cents in all; ${failed} failed`);
}
