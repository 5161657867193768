/** A Chromium to drive: one that is there, or the distribution's package. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, say, seconds } from '../setup/say.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Path of a Chromium: `CHROMIUM_PATH`, then PATH, then the usual places, then (as root on Debian or Ubuntu) apt-get.
 * @throws {SetupError} that says what to install
 */
export function ensureChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new SetupError(`CHROMIUM_PATH is ${named}, which is not a program that can be run`);
  }
  return find() ?? install();
}

function find() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  return [...onPath, ...applications].find(isExecutable) ?? null;
}

function install() {
  const advice = 'install Chromium or Google Chrome, or set CHROMIUM_PATH to one';
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    throw new SetupError(`no Chromium was found on PATH: ${advice}`);
  }
  say('installing Chromium (apt-get install chromium): none was found on PATH');
  const begin = performance.now();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 2] });
    if (status !== 0)
      throw new SetupError(`apt-get ${args.join(' ')} failed (exit code ${status}): ${advice}`);
  }
  say(`Chromium is installed (${seconds(performance.now() - begin)})`);
  const path = find();
  if (path === null) throw new SetupError(`apt-get installed chromium, but it is not on PATH: ${advice}`);
  return path;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
