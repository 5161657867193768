import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { JobError } from '../errors.ts';

/** The Node that is to run the user's code. */
export interface FoundNode {
  readonly path: string;
  /** Such as `20.19.4`. */
  readonly version: string;
  readonly reason: string;
}

export interface NodeSearch {
  /** A path that the user has chosen; a leading `~` is the home folder. */
  readonly setting?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Where a relative setting begins. Default: the working directory. */
  readonly cwd?: string | undefined;
}

export const OLDEST_NODE = '20.19.0';
/** Time in ms in which a Node must tell its version. */
const VERSION_TIMEOUT = 10_000;
/** Time in ms for a login shell, which may read a slow profile. */
const SHELL_TIMEOUT = 5_000;
const MARK = '_manycore_node_';

/**
 * Finds the user's Node: the setting alone when there is one, else the first of `PATH` and a login shell that is new enough.
 * @throws {JobError} `ERR_MANYCORE_NODE` (exit code 3) when there is none, or only older ones than `OLDEST_NODE`.
 */
export async function findNode(search: NodeSearch): Promise<FoundNode> {
  if (search.setting) return chosen(search.setting, search);
  const strategies = [
    { reason: 'first on PATH', find: async () => onPath(search.env) },
    { reason: 'found by the login shell', find: () => byLoginShell(search.env) },
  ];
  const refused: string[] = [];
  for (const { reason, find } of strategies) {
    const path = await find();
    if (path === null) continue;
    const version = await versionOf(path, search.env);
    if (version instanceof Error) refused.push(`${path} does not run (${version.message})`);
    else if (!isNewEnough(version)) refused.push(`${path} is Node ${version}`);
    else return { path, version, reason };
  }
  throw unusable(
    refused.length === 0 ? 'No Node was found on PATH or by the login shell.' : `${refused.join('; ')}.`,
  );
}

/** Whether a version such as `22.1.0` is `OLDEST_NODE` or newer. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

async function chosen(setting: string, { env, cwd = process.cwd() }: NodeSearch): Promise<FoundNode> {
  const path = resolve(cwd, setting.replace(/^~(?=[\\/]|$)/, homedir()));
  const version = await versionOf(path, env);
  if (version instanceof Error)
    throw unusable(`"${setting}" does not run as Node (${version.message}).`, version);
  if (!isNewEnough(version)) throw unusable(`"${setting}" is Node ${version}.`);
  return { path, version, reason: 'as chosen' };
}

function unusable(problem: string, cause?: Error): JobError {
  return new JobError('ERR_MANYCORE_NODE', `${problem} Manycore needs Node ${OLDEST_NODE} or newer.`, {
    hint: 'Install Node from https://nodejs.org, or name one with --node PATH.',
    exitCode: 3,
    cause,
  });
}

function onPath(env: NodeJS.ProcessEnv): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What version managers put on `PATH` in a profile only; the marks keep out what the profile prints. */
async function byLoginShell(env: NodeJS.ProcessEnv): Promise<string | null> {
  const shell = env['SHELL'];
  if (process.platform === 'win32' || !shell) return null;
  const script = `printf %s ${MARK}; command -v node; printf %s ${MARK}`;
  const output = await answer(shell, ['-lic', script], env, SHELL_TIMEOUT);
  const path = output instanceof Error ? '' : (output.split(MARK)[1] ?? '').trim();
  return isAbsolute(path) && isExecutable(path) ? path : null;
}

async function versionOf(path: string, env: NodeJS.ProcessEnv): Promise<string | Error> {
  const { NODE_OPTIONS: _, ...plain } = env;
  const output = await answer(path, ['--version'], plain, VERSION_TIMEOUT);
  if (output instanceof Error) return output;
  return /^v(\d+\.\d+\.\d+\S*)\s*$/.exec(output)?.[1] ?? new Error('it does not tell a version as Node does');
}

/** Standard output of a program; the error of one that cannot be run, fails or takes too long. */
function answer(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<string | Error> {
  return new Promise((done) => {
    const options = { env, timeout, killSignal: 'SIGKILL', windowsHide: true } as const;
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) done(stdout);
      else if (error.killed) done(new Error(`no answer within ${timeout / 1000} s`));
      else
        done(
          new Error(error.code === 'ENOENT' ? 'there is no such file' : (error.message.split('\n')[0] ?? '')),
        );
    });
    // An interactive shell must not wait for an answer of the user.
    child.stdin?.end();
  });
}
