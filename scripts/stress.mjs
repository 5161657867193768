/**
 * `npm run stress -- [--only NAME] [--seconds N] [--seed N] [--short]`: random faults against the pool and all that processes
 * share, each kind for a minute unless told otherwise. `--short`: as `npm test` does it.
 * `npm run stress -- --only resume [--seed N]`: runs of 1,000,000 items that are killed ten times and gone on with.
 * `npm run stress -- --only engine [--times N] [--seconds N] [--fault TEXT]`: each fault of an engine ten times; needs redis-server.
 */
import { spawn } from 'node:child_process';
import { withCompiled } from './compiled.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main } from './setup/say.mjs';

const MAINS = { resume: 'test/job/killing-main.ts', engine: 'test/engine/faults-main.ts' };

await main(async () => {
  ensureInstalled();
  const args = process.argv.slice(2);
  const file = MAINS[args[args.indexOf('--only') + 1]];
  if (file !== undefined) return run(['--import', 'tsx', inRoot(file), ...args]);
  return withCompiled((folder) =>
    run(['--enable-source-maps', `${folder}/test/runtime/stress/main.js`, ...args]),
  );
});

function run(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
