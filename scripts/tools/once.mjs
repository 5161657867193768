/** Makes a tool's folder exactly once, also when two commands want it at the same time. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, say, seconds } from '../setup/say.mjs';

/** No set-up of a tool takes longer than this: a lock that is older belongs to nobody. In ms. */
const LONGEST_SETUP = 15 * 60_000;

/**
 * Returns `folder`, made by `make` when it does not exist. `make` fills a temporary folder, which is renamed when it is
 * complete: a folder that exists is a whole one, whenever its maker was killed.
 * @param {string} folder absolute
 * @param {string} what said to the user before and after
 * @param {(folder: string) => void | Promise<void>} make
 */
export async function makeOnce(folder, what, make) {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, what);
  const partial = `${folder}.partial`;
  try {
    if (existsSync(folder)) return folder;
    say(`setting up ${what} in ${folder}`);
    const begin = performance.now();
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    await make(partial);
    renameSync(partial, folder);
    say(`${what} is ready (${seconds(performance.now() - begin)})`);
    return folder;
  } finally {
    rmSync(partial, { recursive: true, force: true });
    release();
  }
}

/** A folder is the lock, since making one is atomic everywhere; the holder's pid inside tells when it was left behind. */
async function lock(folder, what) {
  const begin = Date.now();
  for (let said = false; ; await sleep(300)) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'pid'), String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(folder);
    if (holder !== null && !isAlive(holder)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (Date.now() - begin > LONGEST_SETUP) {
      throw new SetupError(
        `${what}: process ${holder ?? '?'} has been setting it up too long; remove ${folder} and try again`,
      );
    }
    if (!said) say(`waiting: process ${holder ?? '?'} is setting up ${what}`);
    said = true;
  }
}

/** Null in the moment between the making of the lock and the writing of the pid. */
function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
