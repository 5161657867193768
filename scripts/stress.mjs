/**
 * `npm run stress -- [--only NAME] [--seconds N] [--seed N] [--short]`: random faults against the pool and all that processes
 * share, each kind for a minute unless told otherwise. `--short`: as `npm test` does it.
 */
import { spawn } from 'node:child_process';
import { withCompiled } from './compiled.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { root } from './setup/paths.mjs';
import { main } from './setup/say.mjs';

await main(async () => {
  ensureInstalled();
  return withCompiled((folder) => {
    const args = ['--enable-source-maps', `${folder}/test/runtime/stress/main.js`, ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  });
});
