import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { isSourceFile } from '../../analysis/workspace.ts';
import { JobError } from '../../job/errors.ts';

/** What a command line names, and what has to be read to judge it. */
export interface Targets {
  /** Folders of the projects around what is named. */
  readonly projects: readonly string[];
  readonly wanted: readonly string[];
}

const PROJECT_MARKS = ['package.json', 'tsconfig.json', 'jsconfig.json', '.git'];
const GLOB = /[*?{}[\]!]/;

/**
 * Files, folders and globs as absolute paths, each with the project around it: whether a function runs in workers is often
 * written in another file.
 * @throws {JobError} `ERR_MANYCORE_USAGE` for a path that is not there, a glob without a match, or another kind of file
 */
export async function findTargets(paths: readonly string[], cwd: string): Promise<Targets> {
  const expanded = (paths.length === 0 ? ['.'] : paths).map((one) => expand(one, cwd));
  const wanted = new Set((await Promise.all(expanded)).flat());
  const projects = new Set([...wanted].map(projectOf));
  return { projects: [...projects], wanted: [...wanted] };
}

/** Whether a file is, or is in, what was asked for. */
export function isWanted(file: string, wanted: readonly string[]): boolean {
  return wanted.some((one) => file === one || file.startsWith(one.endsWith(path.sep) ? one : one + path.sep));
}

async function expand(given: string, cwd: string): Promise<string[]> {
  const file = path.resolve(cwd, given);
  if (existsSync(file)) {
    if (statSync(file).isDirectory() || isSourceFile(file)) return [file];
    throw usage(`${given} is no TypeScript or JavaScript file.`);
  }
  if (!GLOB.test(given)) throw usage(`${given}: there is no such file or folder.`);
  const pattern = path.sep === '/' ? given : given.replaceAll('\\', '/');
  const { globSync } = await import('tinyglobby'); // As much code as the rest of the command.
  const found = globSync(pattern, { cwd, absolute: true, ignore: ['**/node_modules/**'] }).filter(
    isSourceFile,
  );
  if (found.length === 0) throw usage(`${given}: no TypeScript or JavaScript file matches.`);
  return found.map((one) => path.resolve(one)).sort();
}

/** The nearest folder at or above a path that looks like the root of a project; its own folder where none does. */
function projectOf(target: string): string {
  const own = statSync(target).isDirectory() ? target : path.dirname(target);
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (PROJECT_MARKS.some((mark) => existsSync(path.join(folder, mark)))) return folder;
    if (path.dirname(folder) === folder) return own;
  }
}

function usage(message: string): JobError {
  return new JobError('ERR_MANYCORE_USAGE', message, {
    hint: 'Give files, folders or quoted globs, such as manycore lint src "scripts/**/*.ts".',
  });
}
