/**
 * The first thing of every command: the right Node, and the packages of the lockfile. Runs before any package is there,
 * so it uses Node alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readStamp } from './hash.mjs';
import { inRoot, root } from './paths.mjs';
import { SetupError, say, seconds } from './say.mjs';

const LOWEST_NODE = [20, 19];

/** @throws {SetupError} when this Node is too old */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor >= LOWEST_NODE[1])) return;
  throw new SetupError(
    `Node ${LOWEST_NODE.join('.')} or newer is needed; this is ${version} (${process.execPath}). ` +
      'Install a newer one from nodejs.org or with your version manager, then run the command again.',
  );
}

/**
 * Installs with npm, unless what the lockfile names is installed.
 * @returns {boolean} whether anything was installed
 * @throws {SetupError} when npm fails
 */
export function ensureInstalled() {
  checkNode();
  const reason = whyInstall();
  if (reason === null) return false;
  // Into an existing tree npm brings only what differs; `npm ci` would throw everything away first.
  const command = existsSync(inRoot('node_modules', '.package-lock.json'))
    ? ['install', '--no-save']
    : ['ci'];
  say(`installing packages (npm ${command[0]}): ${reason}`);
  const begin = performance.now();
  npm([...command, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  say(`installed in ${seconds(performance.now() - begin)}`);
  return true;
}

/**
 * npm keeps its own record of what it installed (`node_modules/.package-lock.json`); the lockfile says what should be
 * there. Optional packages count only where they are for this platform.
 * @returns {string | null} null when nothing is missing
 */
function whyInstall() {
  const wanted = readStamp(inRoot('package-lock.json'));
  if (wanted === null) throw new SetupError('package-lock.json is missing or damaged: restore it from git');
  const present = readStamp(inRoot('node_modules', '.package-lock.json'));
  if (present === null) return 'not installed yet';
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.includes('node_modules/') || entry.extraneous || (entry.optional && !isForThisPlatform(entry)))
      continue;
    const installed = present.packages[path];
    if (installed === undefined) return `${path} is missing`;
    if (installed.version !== entry.version)
      return `${path} is ${installed.version}, the lockfile wants ${entry.version}`;
  }
  return null;
}

/** Packages for one C library only are left to npm, which knows which one this system has. */
const isForThisPlatform = ({ os, cpu, libc }) =>
  os?.includes(process.platform) === true && cpu?.includes(process.arch) === true && libc === undefined;

/**
 * Runs npm; its output is shown.
 * @throws {SetupError} when it fails
 */
export function npm(
  args,
  { cwd, env = process.env, node = process.execPath, stdio = ['ignore', 'ignore', 2] },
) {
  // npm_execpath: the npm that runs this script; else the one on PATH.
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('.js') ? [node, [cli]] : ['npm', []];
  const result = spawnSync(command, [...first, ...args], {
    cwd,
    env,
    stdio,
    encoding: 'utf8',
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (result.error !== undefined || result.status !== 0) {
    const reason = result.error?.message ?? `exit code ${result.status ?? result.signal}`;
    throw new SetupError(`npm ${args.join(' ')} failed in ${cwd}: ${reason}`);
  }
  return result.stdout;
}
