/**
 * A family is a process that the runtime did not start, its root, and all its descendants. Shared memory that is sent lies in the
 * folder of the family, which ends with the root: the guard of the root removes it, after it has ended the children.
 *
 * The name tells whether the root still lives: `manycore-USER-NAMESPACE-PID-START-RANDOM`. Numbers of processes hold within their
 * namespace (a container's), and START tells a process from a later one with the same number.
 */
import { system } from '../native/current.ts';
import { childState } from './child-state.ts';

const key = Symbol.for('manycore.family');

/** The folder of this process's family, whether it exists or not; empty where memory needs none. */
export function familyFolder(): string {
  const inherited = childState()?.family;
  if (inherited !== undefined) return inherited;
  const holder = globalThis as { [key]?: string };
  // No secret: the folder of another user is not taken. (`node:crypto` would take 4 ms to load.)
  holder[key] ??=
    system.memoryFolder === ''
      ? ''
      : `${system.memoryFolder}/${familyPrefix()}${process.pid}-${system.startTime(process.pid)}-${Math.random().toString(36).slice(2, 12)}`;
  return holder[key];
}

/** How names of folders begin whose roots this process can look for. */
export const familyPrefix = (): string => `manycore-${process.getuid?.() ?? 0}-${system.namespace()}-`;

/** True when the root of the family with this name has ended. */
export function isRootGone(name: string): boolean {
  const prefix = familyPrefix();
  if (!name.startsWith(prefix)) return false;
  const [pid, start] = name.slice(prefix.length).split('-');
  return system.startTime(Number(pid)) !== start;
}
