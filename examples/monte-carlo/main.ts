import { isMainProcess, Pool } from 'manycore';
import { percolationTrial } from './percolation.ts';

const KNOWN = 0.59274605;

async function main(): Promise<void> {
  const trials = Number(process.argv[2] ?? 2000);
  const begin = performance.now();
  await using pool = new Pool();
  let [count, mean, squares] = [0, 0, 0];
  // Results come as they are ready, so the mean can be shown while it settles (Welford's update).
  for await (const threshold of pool.imapUnordered(percolationTrial, Array(trials).keys())) {
    count++;
    const difference = threshold - mean;
    mean += difference / count;
    squares += difference * (threshold - mean);
    if (count % 500 === 0) console.log(`${count} trials: ${mean.toFixed(5)}`);
  }
  const error = Math.sqrt(squares / (count - 1) / count);
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `Threshold ${mean.toFixed(5)} ± ${(1.96 * error).toFixed(5)} after ${count} trials in ${seconds.toFixed(1)} s.`,
  );
  console.log(`Known for the endless lattice: ${KNOWN}.`);
}

// Every worker imports this module too; only the process that you start runs main().
if (isMainProcess) await main();
