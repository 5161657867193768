import path from 'node:path';

/** A file relative to the working directory, with `/` on every system. */
export const shownPath = (file: string, cwd: string): string =>
  path.relative(cwd, file).split(path.sep).join('/') || '.';
