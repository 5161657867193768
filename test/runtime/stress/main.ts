/** The stress tests as a program: `npm run stress -- [--only NAME] [--seconds N] [--seed N] [--short]`. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainProcess } from '../../../runtime/index.ts';
import { markFamily, relatives } from '../leftovers.ts';
import { eventually } from '../processes.ts';
import { random } from '../random.ts';
import { told } from './kind.ts';
import { kinds } from './kinds.ts';

/** A minute for each kind, and a second for the others to go on after a death. */
const LONG = { seconds: '60', most: 16, patience: 1000 };
/** For `npm test`: other programs run at the same time, and a long pause is not told from that. */
const SHORT = { seconds: '1', most: 4, patience: 20_000 };

if (isMainProcess) {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      short: { type: 'boolean' },
    },
  });
  const { most, patience, ...standard } = values.short === true ? SHORT : LONG;
  const seconds = numberOf('seconds', values.seconds ?? standard.seconds);
  const seed = numberOf('seed', values.seed ?? String(randomInt(2 ** 31)));
  const chosen = Object.entries(kinds).filter(([name]) => values.only === undefined || name === values.only);
  if (chosen.length === 0)
    throw new RangeError(`--only: there is ${Object.keys(kinds).join(', ')}, received ${values.only}`);
  markFamily();
  for (const [name, { stress }] of chosen) {
    console.log(`${name}: seed ${seed}, ${seconds} s, Node ${process.version}`);
    const say = (line: string) => console.log(`  ${line}`);
    try {
      const sums = await stress({ ms: seconds * 1000, patience, most, dice: random(seed), say });
      await eventually(() => relatives().length === 0);
      assert.deepEqual(relatives(), [], 'processes are left');
      console.log(`${name}: ${told(sums)}: all as expected`);
    } catch (error) {
      const load = loadavg().map((processes) => processes.toFixed(1));
      console.error(
        `${name}: FAILED, npm run stress -- --only ${name} --seed ${seed} (load average ${load})`,
      );
      console.error(error);
      process.exitCode = 1;
    }
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0)
    throw new RangeError(`--${name} must be an integer of at least 0, received ${text}`);
  return number;
}
