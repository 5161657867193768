import { readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';

/** The folder of a run, of which nothing was read. */
export interface ListedRun {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** ms since the epoch, from the folder's name where that has it, else from its files. */
  readonly startedAt: number;
}

/** A run's own folder name begins with its time in UTC: `2026-01-31-120000-score`. */
const NAMED = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})(\d{2})(\d{2})-/;

/**
 * The run folders in `home`, the newest first. Reads names, and the times of those only that do not tell; files and hidden
 * folders are none. None where `home` does not exist; throws where it cannot be read.
 */
export async function listRuns(home: string): Promise<ListedRun[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((each) => each.isDirectory() && !each.name.startsWith('.'));
  const runs = await Promise.all(names.map(({ name }) => listed(path.join(home, name), name)));
  return runs.sort((a, b) => b.startedAt - a.startedAt || compareNames(b.name, a.name));
}

async function listed(folder: string, name: string): Promise<ListedRun> {
  return { path: folder, name, startedAt: timeOfName(name) ?? (await timeOfFolder(folder)) };
}

function timeOfName(name: string): number | null {
  const parts = NAMED.exec(name)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 1, day, hour, minute, second] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** 0 where it has just been deleted: it is last, and gone with the next listing. */
async function timeOfFolder(folder: string): Promise<number> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Of several runs in one second, `-10` is newer than `-2`. */
function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
