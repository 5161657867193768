/** The stress test as a program: `npm run stress -- [--seconds N] [--seed N]`. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { isMainProcess } from '../../../runtime/index.ts';
import { markFamily, relatives } from '../leftovers.ts';
import { eventually } from '../processes.ts';
import { stress } from './stress.ts';

if (isMainProcess) {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
  const seconds = numberOf('seconds', values.seconds ?? '60');
  const seed = numberOf('seed', values.seed ?? String(randomInt(2 ** 31)));
  console.log(`seed ${seed}, ${seconds} s, Node ${process.version}`);
  markFamily();
  const { rounds, items, lost, kills } = await stress(seconds, seed);
  await eventually(() => relatives().length === 0);
  assert.deepEqual(relatives(), [], 'processes are left');
  console.log(
    `${rounds} rounds, ${items} outcomes, ${lost} of them lost their worker, ${kills} kills: all as expected`,
  );
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0)
    throw new RangeError(`--${name} must be an integer of at least 0, received ${text}`);
  return number;
}
