import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { bundleCommand } from '../cli/bundle.ts';
import { killAndResume } from './killing.ts';

describe('a run that is killed again and again', () => {
  let command: string;
  before(async () => {
    command = await bundleCommand();
  });
  after(() => rmSync(command, { recursive: true, force: true }));

  const seed = randomInt(2 ** 31);
  it(`has every item once in the end (npm run stress -- --only resume --seed ${seed})`, async function () {
    this.timeout(300_000);
    await killAndResume({ command, items: 100_000, kills: 4, seed });
  });
});
