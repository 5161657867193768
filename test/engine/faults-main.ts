/** The repeated form: `npm run stress -- --only engine [--times N] [--seconds N] [--fault TEXT]`. */
import { parseArgs } from 'node:util';
import { FAULTS, LONG_FAULTS } from './faults.ts';
import { Cluster } from './harness.ts';

/** Time in ms in which a fault must be over: an item that ends hosts takes some leases. */
const LIMIT = 300_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    times: { type: 'string', default: '10' },
    /** For each fault; it is injected once at least. */
    seconds: { type: 'string', default: 'Infinity' },
    /** A part of its title; default: all of them. */
    fault: { type: 'string', default: '' },
  },
});
const chosen = Object.entries({ ...FAULTS, ...LONG_FAULTS }).filter(([title]) =>
  title.includes(values.fault),
);
console.log(`engine: ${chosen.length} faults, ${values.times} times each, Node ${process.version}`);
let failures = 0;
for (const [title, { server, inject }] of chosen) {
  const end = performance.now() + Number(values.seconds) * 1000;
  let [times, failed, longest] = [0, 0, 0];
  do {
    const begun = performance.now();
    await using cluster = new Cluster();
    const timer = new AbortController();
    try {
      await cluster.open(server);
      await Promise.race([inject(cluster), limit(timer.signal)]);
    } catch (error) {
      failed++;
      console.error(`engine: ${title}, time ${times + 1}: ${error instanceof Error ? error.stack : error}`);
    } finally {
      timer.abort();
    }
    times++;
    longest = Math.max(longest, performance.now() - begun);
  } while (times < Number(values.times) && performance.now() < end);
  failures += failed;
  console.log(`engine: ${title}: ${times} times, ${failed} failed, at most ${(longest / 1000).toFixed(1)} s`);
}
process.exitCode = failures > 0 ? 1 : 0;

function limit(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not over after ${LIMIT / 1000} s`)), LIMIT);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
