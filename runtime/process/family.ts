/**
 * A family is a process that the runtime did not start, its root, and all its descendants. Shared memory that is sent lies in the
 * folder of the family, which ends with the root: the guard of the root removes it, after it has ended the children.
 *
 * The name tells whether the root still lives: `manycore-USER-NAMESPACE-PID-START-RANDOM`. Numbers of processes hold within their
 * namespace (a container's), and START tells a process from a later one with the same number.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { childState } from './child-state.ts';

/** Where memory has a name. */
export const MEMORY_FOLDER = '/dev/shm';

const key = Symbol.for('manycore.family');

/** The folder of this process's family, whether it exists or not. On Linux only; empty elsewhere. */
export function familyFolder(): string {
  const inherited = childState()?.family;
  if (inherited !== undefined) return inherited;
  const holder = globalThis as { [key]?: string };
  // No secret: the folder of another user is not taken. (`node:crypto` would take 4 ms to load.)
  holder[key] ??=
    process.platform === 'linux'
      ? `${MEMORY_FOLDER}/${familyPrefix()}${process.pid}-${startTime(process.pid)}-${Math.random().toString(36).slice(2, 12)}`
      : '';
  return holder[key];
}

/** How names of folders begin whose roots this process can look for. */
export const familyPrefix = (): string => `manycore-${process.getuid?.() ?? 0}-${namespace()}-`;

/** True when the root of the family with this name has ended. */
export function isRootGone(name: string): boolean {
  const prefix = familyPrefix();
  if (!name.startsWith(prefix)) return false;
  const [pid, start] = name.slice(prefix.length).split('-');
  return startTime(Number(pid)) !== start;
}

/** When the kernel started a process; '0' where that cannot be known, and for one that is gone. */
export function startTime(pid: number): string {
  if (process.platform !== 'linux') return '0';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything; START is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

/** Number of the namespace of process ids. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
