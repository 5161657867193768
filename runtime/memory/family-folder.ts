/**
 * The folder of the family, on Linux in `/dev/shm`. In it lie
 *
 *   PID-NUMBER           segments that were sent, and sockets of servers
 *   PID.bell, PID.life   named pipes by which processes wake each other, see `sync/bells.ts`
 *   @INODE-NAME          marks: the segment NAME beside the folder is to be removed with the family, when nobody uses it
 *
 * It is made when the first of these is. The guard of the family's root removes it, see `process/orphan-guard.ts`; where the
 * guard was killed too, the next family does.
 */
import { closeSync, fstatSync, openSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { system } from '../native/current.ts';
import { makePrivateFolder } from '../native/private-folder.ts';
import { familyFolder, familyPrefix, isRootGone } from '../process/family.ts';
import { guardFamily } from '../process/fork.ts';
import { platform } from './current-platform.ts';

let ready = false;
let number = 0;

/** Tries paths in the folder until `make` returns true; returns that path. */
export function placeInFamily(make: (path: string) => boolean): string {
  return inFolder(() => {
    for (;;) {
      // Another process may have had this number before.
      const path = `${familyFolder()}/${process.pid}-${++number}`;
      if (make(path)) return path;
    }
  });
}

/** Runs `body` with the folder, which is there. */
export const inFamilyFolder = <R>(body: (folder: string) => R): R => inFolder(() => body(familyFolder()));

/** Has the segment removed with the family, where it does not go by itself. */
export function markInFamily(name: string, inode: bigint): void {
  if (!platform().outlivesProcesses) return;
  inFolder(() => writeFileSync(markOf(name, inode), '', { mode: 0o600 }));
}

export function unmarkInFamily(name: string, inode: bigint): void {
  if (!platform().outlivesProcesses) return;
  rmSync(markOf(name, inode), { force: true });
}

const markOf = (name: string, inode: bigint): string => `${familyFolder()}/@${inode}-${name}`;

/** The folder is made anew when somebody removed it, as systemd does with all that a user has there at logout. */
function inFolder<R>(body: () => R): R {
  if (!ready) prepare();
  try {
    return body();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    prepare();
    return body();
  }
}

function prepare(): void {
  guardFamily();
  system.makeMemoryFolder();
  if (makePrivateFolder(familyFolder())) sweep();
  ready = true;
}

/** Removes what is left of families whose root and guard were killed. */
function sweep(): void {
  for (const name of readdirSync(system.memoryFolder))
    if (name.startsWith(familyPrefix()) && isRootGone(name)) sweepFolder(`${system.memoryFolder}/${name}`);
}

function sweepFolder(folder: string): void {
  try {
    let used = false;
    for (const file of readdirSync(folder)) {
      const mark = /^@(\d+)-(.*)$/s.exec(file);
      if (mark !== null && !removeUnused(mark[2] as string, BigInt(mark[1] as string))) used = true;
      else unlinkSync(`${folder}/${file}`);
    }
    if (!used) rmSync(folder, { recursive: true });
  } catch {
    // Another process does the same, or it is another user's.
  }
}

/** False when somebody uses the segment. */
function removeUnused(name: string, inode: bigint): boolean {
  const path = `${system.memoryFolder}/${name}`;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return true;
  }
  try {
    if (fstatSync(fd, { bigint: true }).ino !== inode) return true;
    if (!platform().isUnused(fd)) return false;
    unlinkSync(path);
    return true;
  } finally {
    closeSync(fd);
  }
}
