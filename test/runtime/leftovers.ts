/** What a test may leave behind: processes, shared memory, open handles. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, before, beforeEach } from 'mocha';
import { familyPrefix, isRootGone } from '../../runtime/process/family.ts';
import { eventually } from './processes.ts';

/** Inherited by everything that a test starts, so that an orphan is found too. */
const FAMILY = 'MANYCORE_TEST_FAMILY';
const family = `${process.pid}-${Date.now()}`;

/** To be called in a suite: after each of its tests no process, no shared memory and no handle of it may be left. */
export function leavesNothing(): void {
  let handles: Map<string, number>;
  let segments: Set<string>;
  before(() => {
    markFamily();
    // Both are opened at the first use and stay.
    void [process.stdout, process.stderr];
  });
  beforeEach(async () => {
    // As below: a hook that waits has a timer of the test runner beside it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    handles = openHandles();
    segments = new Set(sharedSegments());
  });
  afterEach(async () => {
    const left = () => ({
      processes: relatives(),
      segments: sharedSegments().filter((name) => !segments.has(name)),
      handles: [...openHandles()].filter(([type, count]) => count > (handles.get(type) ?? 0)),
    });
    let found = left();
    await eventually(() => {
      found = left();
      return Object.values(found).every((one) => one.length === 0);
    });
    assert.deepEqual(found, { processes: [], segments: [], handles: [] });
  });
}

/** What this process starts from now on is found by `relatives`. */
export function markFamily(): void {
  process.env[FAMILY] = family;
}

/** Processes of the runtime that this process started, directly or not, and that live. */
export function relatives(): number[] {
  const mark = `${FAMILY}=${family}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter(
      (pid) =>
        /process\/child\.[jt]s/.test(read(pid, 'cmdline')) && `${read(pid, 'environ')}\0`.includes(mark),
    );
}

/** Handles that keep this process alive, counted by type. */
function openHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** The folders of families whose processes live, this one's among them, are not meant. */
export const sharedSegments = (): string[] =>
  existsSync('/dev/shm')
    ? readdirSync('/dev/shm').filter(
        (name) => name.startsWith('manycore') && (!name.startsWith(familyPrefix()) || isRootGone(name)),
      )
    : [];

/** Empty for a process that is gone, or only waits to be taken notice of. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
