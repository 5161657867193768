/** The long form of the test: `npm run stress -- --only resume [--seed N] [--items N] [--kills N]`. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundleCommand } from '../cli/bundle.ts';
import { killAndResume } from './killing.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    items: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '10' },
  },
});
const [seed, items, kills] = [Number(values.seed), Number(values.items), Number(values.kills)];
console.log(`resume: seed ${seed}, ${items} items, ${kills} kills, Node ${process.version}`);
const command = await bundleCommand();
try {
  const { moments } = await killAndResume({ command, items, kills, seed });
  const { early, running, late } = moments;
  console.log(
    `resume: ${early} kills before the items, ${running} among them, ${late} after: every item once`,
  );
} finally {
  rmSync(command, { recursive: true, force: true });
}
