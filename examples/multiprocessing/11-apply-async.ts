import { isMainProcess, Pool } from 'manycore';

export function fibonacci(index: number): bigint {
  let [one, next] = [0n, 1n];
  for (let at = 0; at < index; at++) [one, next] = [next, one + next];
  return one;
}

if (isMainProcess) {
  await using pool = new Pool(2);
  const results = [10, 50, 100].map((index) => pool.applyAsync(fibonacci, [index]));
  console.log(`asked for ${results.length}; ready: ${results.filter((result) => result.ready()).length}`);
  // The program is free for other work here.
  for (const result of results) console.log(await result.get());
  console.log(`all without an error: ${results.every((result) => result.successful())}`);
}
