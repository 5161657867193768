import { isMainProcess, Pool } from 'manycore';
import { expectedDelay } from './expected-delay.ts';
import { readFlights } from './reference.ts';

async function main(): Promise<void> {
  const flights = readFlights('flights-2k.json').slice(0, Number(process.argv[2] ?? 2000));
  const begin = performance.now();
  await using pool = new Pool();
  const results = await pool.map(expectedDelay, flights);
  const seconds = (performance.now() - begin) / 1000;

  const late = results.filter(({ rarity }) => rarity < 0.05);
  const rarest = results.toSorted((one, two) => one.rarity - two.rarity || two.delay - one.delay).slice(0, 5);
  console.log(`\n${results.length} flights in ${seconds.toFixed(1)} s.`);
  console.log(`${late.length} were unusually late: of flights like them, fewer than 5 % were as late.`);
  console.log('The most unusual delays:');
  for (const { flight, delay, expected } of rarest)
    console.log(`  ${flight}: ${delay} min, expected ${expected}`);
}

// Every worker imports this module too; only the process that you start runs main().
if (isMainProcess) await main();
