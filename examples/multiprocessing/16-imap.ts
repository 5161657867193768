import { isMainProcess, Pool } from 'manycore';

/** How often a number has to be added to its mirror image until it reads the same both ways: 87 + 78 = 165, 165 + 561 ... */
export function stepsToPalindrome(number: number): [number: number, steps: number] {
  let sum = BigInt(number);
  for (let steps = 0; steps < 100; steps++) {
    const mirrored = BigInt([...String(sum)].reverse().join(''));
    if (mirrored === sum) return [number, steps];
    sum += mirrored;
  }
  return [number, Number.POSITIVE_INFINITY];
}

function* naturals(): Generator<number> {
  for (let number = 1; ; number++) yield number;
}

if (isMainProcess) {
  await using pool = new Pool(2);
  let most = 0;
  // The input has no end. It is read only a little ahead of the loop, and leaving the loop ends the rest.
  for await (const [number, steps] of pool.imap(stepsToPalindrome, naturals())) {
    if (steps === Number.POSITIVE_INFINITY) {
      console.log(`${number} has not become one after 100 steps.`);
      break;
    }
    if (steps <= most) continue;
    most = steps;
    console.log(`${number} takes ${steps} step${steps === 1 ? '' : 's'}`);
  }
}
