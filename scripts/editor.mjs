/**
 * `npm run editor [-- FOLDER]`: VS Code with the extension, served on loopback, on the examples or the given folder. Prints
 * its address; Ctrl-C ends everything.
 */
import { resolve } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main, say } from './setup/say.mjs';
import { startVsCode } from './vscode.mjs';

await main(async () => {
  ensureInstalled();
  await build();
  const asked = process.argv[2];
  const folder = asked === undefined ? inRoot('examples') : resolve(process.env.INIT_CWD ?? '.', asked);
  const server = await startVsCode({ extensions: [root] });
  say(`VS Code is open on ${folder}:\n\n  ${server.url(folder)}\n`);
  say('open flights/expected-delay.ts and click "Run in parallel" above the function; Ctrl-C here ends it');
  process.exitCode = 0; // Ctrl-C is how this is meant to end; what was started ends with this process.
  await new Promise(() => {});
});
