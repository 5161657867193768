import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JobError } from './errors.ts';
import { nearest } from './nearest.ts';

/** What `FILE#EXPORT` names. */
export interface Target {
  /** Absolute path of a file that exists. */
  readonly file: string;
  /** A name or a property path such as `Namespace.fn`; null when only a file was given. */
  readonly exportName: string | null;
}

/** Tried in this order when `FILE` was written without its extension. */
const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];
/** `file`, `file#name`, `file#Namespace.name`: what follows the `#` must be able to be an export. */
const EXPORT_NAME =
  /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*(\.[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)*$/u;

/**
 * Takes `FILE#EXPORT`, `FILE#Namespace.fn`, `FILE` or a `file:` URL apart; relative files are looked for under `cwd`.
 * A `#` that belongs to the name of a file that exists is not taken for the separator.
 * @throws {JobError} `ERR_MANYCORE_USAGE` when it is not such a text, `ERR_MANYCORE_FILE_NOT_FOUND` with similar names.
 * @example parseTarget('src/score.ts#score', process.cwd()) // { file: '/home/me/app/src/score.ts', exportName: 'score' }
 */
export function parseTarget(spec: string, cwd: string): Target {
  if (spec.trim() === '') throw usage(spec, 'no file was given');
  const whole = locate(spec, cwd);
  if (whole !== null) return { file: whole, exportName: null };

  const hash = spec.lastIndexOf('#');
  if (hash === -1) throw notFound(spec, cwd);
  const [path, name] = [spec.slice(0, hash), spec.slice(hash + 1)];
  if (path === '') throw usage(spec, 'no file was given before the "#"');
  const file = locate(path, cwd);
  if (file === null) throw notFound(path, cwd);
  if (name === '') throw usage(spec, 'nothing follows the "#"');
  if (!EXPORT_NAME.test(name)) throw usage(spec, `"${name}" cannot be the name of an export`);
  return { file, exportName: name };
}

/** A file as people read it: from `cwd`, unless the way there is longer than the whole path. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.length < file.length ? path : file;
}

/** The file that `path` names, with or without its extension; null when there is none. */
function locate(path: string, cwd: string): string | null {
  const absolute = toPath(path, cwd);
  if (absolute === null) return null;
  if (isFile(absolute)) return absolute;
  const extension = EXTENSIONS.find((candidate) => isFile(absolute + candidate));
  return extension === undefined ? null : absolute + extension;
}

function toPath(path: string, cwd: string): string | null {
  if (!/^file:/i.test(path)) return isAbsolute(path) ? resolve(path) : resolve(cwd, path);
  try {
    const url = new URL(path);
    // Its fragment is the export: the file is then what stands before the "#".
    return url.hash === '' ? fileURLToPath(url) : null;
  } catch (error) {
    throw new JobError('ERR_MANYCORE_USAGE', `"${path}" is not a file: URL of this machine.`, {
      cause: error,
    });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function notFound(path: string, cwd: string): JobError {
  const absolute = toPath(path, cwd) ?? path;
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    return new JobError('ERR_MANYCORE_FILE_NOT_FOUND', `"${path}" is a folder (${absolute}), not a file.`, {
      hint:
        hintOf(candidates(absolute).slice(0, 3), absolute, cwd) ?? 'Name the file that exports the function.',
    });
  }
  const similar = nearest(basename(absolute), candidates(dirname(absolute)));
  return new JobError('ERR_MANYCORE_FILE_NOT_FOUND', `There is no file "${path}" (looked for ${absolute}).`, {
    hint:
      hintOf(similar, dirname(absolute), cwd) ??
      `Give the path of a file relative to ${cwd}, as FILE#EXPORT.`,
  });
}

/** Source files of a folder; none when the folder cannot be read, as it may not exist either. */
function candidates(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => EXTENSIONS.some((extension) => name.endsWith(extension)));
  } catch {
    return [];
  }
}

function hintOf(names: readonly string[], folder: string, cwd: string): string | undefined {
  if (names.length === 0) return undefined;
  return `Did you mean ${names.map((name) => shownPath(join(folder, name), cwd)).join(' or ')}?`;
}

function usage(spec: string, problem: string): JobError {
  return new JobError(
    'ERR_MANYCORE_USAGE',
    `Cannot take ${JSON.stringify(spec)} for a function: ${problem}.`,
    {
      hint: 'Write FILE#EXPORT, such as src/score.ts#score.',
    },
  );
}
