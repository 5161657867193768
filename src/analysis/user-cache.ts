import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Folder of this user's caches of Manycore. It may not be there yet. */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'manycore');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'manycore');
  if (process.platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'manycore', 'cache');
  return path.join(homedir(), '.cache', 'manycore');
}

/** Removes a file if it is there and can be removed. */
export function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Something else than a folder is above it: nothing was written.
  }
}
