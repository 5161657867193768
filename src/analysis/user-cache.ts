import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/**
 * Writes a file of a cache, whole or not at all; then the oldest of those in its folder whose names fit `pattern` go, but for
 * `most` of them. A folder that cannot be written to costs the next process its time, and no more.
 */
export function keep(file: string, content: string | Uint8Array, pattern: RegExp, most: number): void {
  const folder = path.dirname(file);
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, file); // Another process may be reading the old one.
    dropOldest(folder, pattern, most);
  } catch {
    discard(temporary);
  }
}

function dropOldest(folder: string, pattern: RegExp, most: number): void {
  const caches = readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of caches.slice(most)) rmSync(file, { force: true });
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Something else than a folder is above it: nothing was written.
  }
}
