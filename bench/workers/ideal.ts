/** A bare process that runs its share of the loop and tells how long it took: no pool, no message in between. */
import { spin } from './tasks.ts';

/** Long enough for the loop to be compiled before it is timed. */
const WARM_UP_CALLS = 2000;

process.on('message', (iterations: readonly number[] | 'go') => {
  if (iterations !== 'go') {
    share = iterations;
    const warmUp = Math.min(WARM_UP_CALLS, share.length);
    for (let i = 0; i < warmUp; i += 1) spin(Math.min(share[i] ?? 0, 1000));
    process.send?.({ ready: true });
    return;
  }
  const begin = performance.now();
  let x = 0;
  for (const n of share) x ^= spin(n);
  process.send?.({ ms: performance.now() - begin, x });
  process.disconnect();
});

let share: readonly number[] = [];
