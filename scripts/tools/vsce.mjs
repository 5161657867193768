/** The packager of VS Code extensions, which wants a newer Node than this project does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../setup/install.mjs';
import { toolsFolder } from '../setup/paths.mjs';
import { makeOnce } from './once.mjs';

const VERSION = '4.1.0';

/** Path of the `vsce` program; run it with Node 24. */
export async function ensureVsce() {
  const folder = await makeOnce(join(toolsFolder(), `vsce-${VERSION}`), `vsce ${VERSION}`, (partial) => {
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    npm(
      [
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        `@vscode/vsce@${VERSION}`,
      ],
      { cwd: partial },
    );
  });
  return join(folder, 'node_modules', '@vscode', 'vsce', 'vsce');
}
