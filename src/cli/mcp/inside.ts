import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { parseSource } from '../../job/dataset/source.ts';
import { JobError } from '../../job/errors.ts';

/**
 * A path that a client named, as an absolute one without symbolic links.
 * @throws {JobError} `ERR_MANYCORE_OUTSIDE` when it is not in the folder, by itself or through a symbolic link
 */
export function insideOf(folder: string, given: string): string {
  const file = path.resolve(folder, given);
  const there = existing(file);
  const real = path.join(realpathSync(there), path.relative(there, file));
  if (!isIn(realpathSync(folder), real)) throw outside(given, folder);
  return real;
}

/**
 * Holds a dataset, as it is written for `--data`, to what is in the folder.
 * @throws {JobError} `ERR_MANYCORE_OUTSIDE` as above, `ERR_MANYCORE_USAGE` for standard input, which carries the protocol
 */
export function dataInsideOf(folder: string, data: string): void {
  const source = parseSource(data);
  if (source.kind === 'range') return;
  if (source.kind === 'glob') {
    if (path.isAbsolute(source.pattern) || source.pattern.includes('..')) throw outside(data, folder);
    return;
  }
  if (source.path === '-')
    throw new JobError('ERR_MANYCORE_USAGE', 'Standard input carries the protocol: it is no dataset here.');
  insideOf(folder, source.path);
}

/** The path itself, or the nearest folder above it that is there. */
function existing(file: string): string {
  let at = file;
  while (!existsSync(at)) at = path.dirname(at);
  return at;
}

function isIn(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

function outside(given: string, folder: string): JobError {
  return new JobError('ERR_MANYCORE_OUTSIDE', `${given} is not in ${folder}, where this server works.`, {
    hint: 'Start manycore mcp in the folder of the project, or give a path within it.',
  });
}
