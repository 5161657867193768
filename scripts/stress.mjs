/** `npm run stress -- [--seconds N] [--seed N]`: random faults against the pool, for a minute unless told otherwise. */
import { spawn } from 'node:child_process';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main } from './setup/say.mjs';

await main(async () => {
  ensureInstalled();
  const program = inRoot('test/runtime/stress/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
