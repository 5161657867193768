import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { DatasetError } from './errors.ts';

/**
 * The files that match, sorted by code unit, so the same files always give the same items in the same order.
 * A relative pattern gives paths relative to `cwd`, an absolute one absolute paths; always with `/`. Hidden files and what
 * lies in `node_modules` only when the pattern names them.
 * @throws DatasetError when nothing matches.
 */
export async function matchFiles(pattern: string, cwd: string): Promise<readonly string[]> {
  const portable = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const found = await glob(portable, {
    ...{ cwd, absolute: isAbsolute(pattern), expandDirectories: false },
    ignore: portable.includes('node_modules') ? [] : ['**/node_modules/**'],
  });
  if (found.length > 0) return found.sort();
  const folder = await stat(resolve(cwd, pattern)).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  throw new DatasetError(`No file matches glob:${pattern} in ${cwd}.`, {
    hint: folder
      ? `It is a folder; for the files in it write glob:${portable.replace(/\/$/, '')}/**/*`
      : '* stops at /, ** does not; {a,b} means either; letter case counts.',
  });
}
