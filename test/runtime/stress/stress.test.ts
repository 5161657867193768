import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import { withCompiled } from '../../../scripts/compiled.mjs';
import { leavesNothing } from '../leftovers.ts';
import { kinds } from './kinds.ts';

/** The program is ended after this, in ms. */
const LIMIT = 55_000;

describe('under random faults', () => {
  leavesNothing();

  let program: string;
  let remove = () => {};
  let removed: Promise<void>;
  before(async () => {
    await new Promise<void>((ready, fail) => {
      removed = withCompiled(async (folder) => {
        program = `${folder}/test/runtime/stress/main.js`;
        await new Promise<void>((resolve) => {
          remove = resolve;
          ready();
        });
      });
      removed.catch(fail);
    });
  });
  after(async () => {
    remove();
    await removed;
  });

  for (const [name, { holds }] of Object.entries(kinds)) {
    const args = ['--short', '--only', name, '--seed', String(randomInt(2 ** 31))];
    it(`${holds} (npm run stress -- ${args.join(' ')})`, async () => {
      const output = await new Promise<string>((resolve) =>
        execFile(
          process.execPath,
          ['--enable-source-maps', program, ...args],
          { timeout: LIMIT, killSignal: 'SIGKILL' },
          (_error, stdout, stderr) => resolve(stdout + stderr),
        ),
      );
      assert.match(output, /: all as expected\n$/, output);
    });
  }
});
