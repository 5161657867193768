import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { leavesNothing } from '../leftovers.ts';
import { kinds } from './kinds.ts';

const program = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
/** It is ended after this, in ms. */
const LIMIT = 55_000;

describe('under random faults', () => {
  leavesNothing();

  for (const [name, { holds }] of Object.entries(kinds)) {
    const args = ['--short', '--only', name, '--seed', String(randomInt(2 ** 31))];
    it(`${holds} (npm run stress -- ${args.join(' ')})`, async () => {
      const output = await new Promise<string>((resolve) =>
        execFile(
          process.execPath,
          [...process.execArgv, program, ...args],
          { timeout: LIMIT, killSignal: 'SIGKILL' },
          (_error, stdout, stderr) => resolve(stdout + stderr),
        ),
      );
      assert.match(output, /: all as expected\n$/, output);
    });
  }
});
