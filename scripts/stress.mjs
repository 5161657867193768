/**
 * `npm run stress -- [--seconds N] [--seed N]`: random faults against the pool, for a minute unless told otherwise.
 * `npm run stress -- --only resume [--seed N]`: runs of 1,000,000 items that are killed ten times and gone on with.
 */
import { spawn } from 'node:child_process';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main } from './setup/say.mjs';

await main(async () => {
  ensureInstalled();
  const resume = process.argv[process.argv.indexOf('--only') + 1] === 'resume';
  const program = inRoot(resume ? 'test/job/killing-main.ts' : 'test/runtime/stress/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
