import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import * as path from 'node:path';
import { environmentForNode } from './environment.ts';

/** Why no Node could be taken; whoever shows it adds what can be done there. */
export class NodeSearchError extends Error {
  override readonly name = 'NodeSearchError';
  readonly kind: 'chosen' | 'too-old' | 'none';

  constructor(kind: NodeSearchError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The Node that runs the user's code, and why this one. */
export interface FoundNode {
  readonly path: string;
  /** Without the `v`. */
  readonly version: string;
  readonly reason: string;
  /** VS Code's own Electron, which needs `ELECTRON_RUN_AS_NODE`. */
  readonly electron: boolean;
}

export interface NodeSearch {
  /** What the setting `manycore.node.path` names; empty when nobody set it. */
  readonly configured: string;
  /** Where a relative setting begins and where version managers look for the project's version. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program that the editor's extension host runs in: the last resort. */
  readonly ownRuntime?: string | undefined;
  /** Gets a line for every candidate, and why it was not taken. */
  readonly log?: ((line: string) => void) | undefined;
}

export const OLDEST_NODE = '20.19.0';
/** Time in ms that a candidate may take to say its version. */
const VERSION_TIMEOUT = 5_000;
/** Time in ms for a login shell with the user's profile. */
const SHELL_TIMEOUT = 8_000;
const MARK = '_manycore_node_';

/**
 * Finds the user's Node: the setting, then `PATH`, then what a login shell has on its `PATH`, then the editor's own.
 * @throws {NodeSearchError} when the setting names no Node, none is found, or only ones older than `OLDEST_NODE`.
 */
export async function findNode(search: NodeSearch): Promise<FoundNode> {
  if (search.configured !== '') return configuredNode(search);
  const onPath = await candidate(search, findOnPath(search.env), 'first "node" on PATH');
  if (onPath !== null && isNewEnough(onPath.version)) return onPath;
  const inShell = await candidate(search, await findByLoginShell(search), 'login shell has it on its PATH');
  if (inShell !== null && isNewEnough(inShell.version)) return inShell;
  const old = onPath ?? inShell;
  if (old !== null) throw tooOld(old.path, old.version);
  return ownRuntime(search);
}

/** Whether a version such as `22.1.0` is `OLDEST_NODE` or newer. */
export function isNewEnough(version: string): boolean {
  const parts = (text: string): number[] => text.split(/[.-]/).slice(0, 3).map(Number);
  const wanted = parts(OLDEST_NODE);
  const difference = parts(version)
    .map((part, index) => part - (wanted[index] ?? 0))
    .find((each) => each !== 0);
  return difference === undefined || difference > 0;
}

function tooOld(file: string, version: string): NodeSearchError {
  return new NodeSearchError(
    'too-old',
    `Manycore needs Node ${OLDEST_NODE} or newer to run your code, but ${file} is ${version}. Install a newer one, or name it in the setting manycore.node.path.`,
  );
}

async function configuredNode(search: NodeSearch): Promise<FoundNode> {
  const home = search.env['HOME'] ?? search.env['USERPROFILE'] ?? '';
  const file = path.resolve(search.cwd, search.configured.replace(/^~(?=[\\/])/, home));
  const asked = await askVersion(file, search);
  if ('failure' in asked) {
    const message = `The setting manycore.node.path names "${search.configured}", which ${asked.failure}`;
    throw new NodeSearchError('chosen', message);
  }
  if (!isNewEnough(asked.version)) throw tooOld(file, asked.version);
  return {
    path: file,
    version: asked.version,
    reason: 'setting manycore.node.path',
    electron: asked.electron,
  };
}

async function candidate(search: NodeSearch, file: string | null, reason: string): Promise<FoundNode | null> {
  if (file === null) return null;
  const asked = await askVersion(file, search);
  if ('failure' in asked) {
    search.log?.(`${file} (${reason}) ${asked.failure}`);
    return null;
  }
  search.log?.(`${file} (${reason}) is Node ${asked.version}`);
  return { path: file, version: asked.version, reason, electron: asked.electron };
}

async function ownRuntime(search: NodeSearch): Promise<FoundNode> {
  const reason =
    "VS Code's own, because no other Node was found: native add-ons of your project may not load";
  if (search.ownRuntime === undefined)
    throw new NodeSearchError(
      'none',
      `No Node was found on PATH or by the login shell. Manycore needs Node ${OLDEST_NODE} or newer.`,
    );
  const own = await candidate(search, search.ownRuntime, reason);
  if (own === null) throw new NodeSearchError('none', `${search.ownRuntime} did not tell its version.`);
  if (!isNewEnough(own.version)) throw tooOld(own.path, own.version);
  return own;
}

function findOnPath(env: NodeJS.ProcessEnv): string | null {
  const isWindows = process.platform === 'win32';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const files = folders.map((folder) => path.join(folder, isWindows ? 'node.exe' : 'node'));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Absent or not for us: the next folder of PATH is asked.
  }
}

/** Desktop applications do not inherit what a shell's profile puts on `PATH` (nvm, fnm, asdf, Homebrew). */
async function findByLoginShell(search: NodeSearch): Promise<string | null> {
  const shell = search.env['SHELL'];
  if (process.platform === 'win32' || shell === undefined || shell === '') return null;
  const script = `printf '%s' '${MARK}'; command -v node | tr -d '\\n'; printf '%s' '${MARK}'`;
  const { stdout, failure } = await execute(shell, ['-ilc', script], search, SHELL_TIMEOUT);
  const found = stdout.split(MARK)[1]?.trim() ?? '';
  if (!path.isAbsolute(found))
    search.log?.(`login shell ${shell} ${failure ?? 'has no "node" program on its PATH'}`);
  return path.isAbsolute(found) ? found : null;
}

type Asked = { readonly version: string; readonly electron: boolean } | { readonly failure: string };

async function askVersion(file: string, search: NodeSearch): Promise<Asked> {
  const code = 'process.versions.node + " " + (process.versions.electron ?? "")';
  const { stdout, failure } = await execute(file, ['-p', code], search, VERSION_TIMEOUT);
  const match = /^(\d+\.\d+\.\d+\S*) ?(\S*)$/m.exec(stdout.trim());
  if (failure !== null || match === null)
    return { failure: failure ?? 'did not answer as Node does. It must be the path of a Node program.' };
  return { version: match[1] ?? '', electron: match[2] !== '' };
}

function execute(
  file: string,
  args: readonly string[],
  search: NodeSearch,
  timeout: number,
): Promise<{ stdout: string; failure: string | null }> {
  const env = { ...environmentForNode(search.env), ELECTRON_RUN_AS_NODE: '1' };
  return new Promise((resolve) => {
    execFile(file, args, { cwd: search.cwd, env, timeout, windowsHide: true }, (error, stdout) => {
      const reason = error?.killed === true ? `did not answer within ${timeout / 1000} s.` : error?.message;
      resolve({
        stdout,
        failure: error === null ? null : `could not be run: ${reason?.split('\n')[0] ?? 'unknown'}`,
      });
    });
  });
}
