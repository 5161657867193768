/**
 * A real VS Code from the npm registry alone: the package `code-server` carries a whole VS Code server build under
 * `lib/vscode`. Install scripts stay off: no compiler is needed for what is used here.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../setup/install.mjs';
import { toolsFolder } from '../setup/paths.mjs';
import { makeOnce } from './once.mjs';

const VERSION = '4.139.1';
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Path of `server-main.js`; start it with Node 24. About 640 MB, once for all checkouts of this user. */
export async function ensureVsCodeServer() {
  const what = `the VS Code server (code-server ${VERSION}, 640 MB, once)`;
  const folder = await makeOnce(join(toolsFolder(), `vscode-server-${VERSION}`), what, (partial) => {
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    npm(['install', ...quiet, `code-server@${VERSION}`], { cwd: partial });
    const server = join(partial, 'node_modules', 'code-server', 'lib', 'vscode');
    npm(['install', '--omit=dev', ...quiet], { cwd: server });
    npm(['install', '--omit=dev', ...quiet], { cwd: join(server, 'extensions') });
  });
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
}
