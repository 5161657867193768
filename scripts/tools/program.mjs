/** A program of the system: one that is there, or the distribution's package. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, say, seconds } from '../setup/say.mjs';

/**
 * Path of a program: what `variable` names, then `names` on PATH, then `places`, then (as root on Debian or Ubuntu) the package by apt-get.
 * @throws {SetupError} that says what to install
 */
export function ensureProgram({ title, variable, names, places = [], debian }) {
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new SetupError(`${variable} is ${named}, which is not a program that can be run`);
  }
  return find(names, places) ?? install({ title, variable, names, debian });
}

function find(names, places) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  return [...onPath, ...places].find(isExecutable) ?? null;
}

function install({ title, variable, names, debian }) {
  const advice = `install ${title}, or set ${variable} to it`;
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    throw new SetupError(`no ${names[0]} was found on PATH: ${advice}`);
  }
  say(`installing ${title} (apt-get install ${debian}): none was found on PATH`);
  const begin = performance.now();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', debian],
  ]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 2] });
    if (status !== 0)
      throw new SetupError(`apt-get ${args.join(' ')} failed (exit code ${status}): ${advice}`);
  }
  say(`${title} is installed (${seconds(performance.now() - begin)})`);
  const path = find(names, []);
  if (path === null)
    throw new SetupError(`apt-get installed ${debian}, but ${names[0]} is not on PATH: ${advice}`);
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
