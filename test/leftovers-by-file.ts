/**
 * Loaded by mocha before all tests: after each test file no process that it started, no shared memory, no file of the product's and no
 * handle may be left. What a process keeps until it ends, as the folder of its family, may stay.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from 'mocha';
import { sharedSegments } from './runtime/leftovers.ts';

const VARIABLE = 'MANYCORE_TEST_RUN';
const run = `${process.pid}-${Date.now()}`;
/** Kept for as long as the process lives, by what loads TypeScript and by the runtime. */
const KEPT = /esbuild|guard/;
const KEPT_HANDLES = new Set(['TTYWrap', 'PipeWrap', 'FSReqCallback', 'FileHandleCloseReq']);
const PATIENCE_MS = 10_000;

// Inherited by everything that a test starts, so that an orphan is found too, and other test runs are told apart.
process.env[VARIABLE] = run;
const folder = mkdtempSync(join(tmpdir(), 'mc-'));
process.env['TMPDIR'] = folder;
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    const suites = this.test?.parent?.suites ?? [];
    for (const suite of suites) check(suite);
  },
};

function check(suite: Suite): void {
  let before: Left;
  suite.beforeAll('what is there before', () => {
    before = left();
  });
  suite.afterAll('leaves nothing', async () => {
    const end = Date.now() + PATIENCE_MS;
    const more = () => moreThan(before);
    while (Object.values(more()).some((one) => one.length > 0) && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(more(), { processes: [], segments: [], files: [], handles: [] });
  });
}

interface Left {
  readonly processes: readonly string[];
  readonly segments: readonly string[];
  readonly files: readonly string[];
  readonly handles: readonly string[];
}

const left = (): Left => ({
  processes: processes(),
  segments: sharedSegments(),
  files: readdirSync(folder).filter((name) => name.startsWith('manycore')),
  handles: process.getActiveResourcesInfo().filter((name) => !KEPT_HANDLES.has(name)),
});

function moreThan(before: Left): Left {
  const now = left();
  return {
    processes: without(now.processes, before.processes),
    segments: without(now.segments, before.segments),
    files: without(now.files, before.files),
    handles: without(now.handles, [...before.handles, 'Timeout']),
  };
}

/** What is in `now` more often than in `before`. */
function without(now: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return now.filter((one) => {
    const place = rest.indexOf(one);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** Number and command of each process that this one started, directly or not. */
function processes(): string[] {
  const mark = `${VARIABLE}=${run}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => `${read(pid, 'environ')}\0`.includes(mark))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ').trim()}`)
    .filter((text) => !KEPT.test(text));
}

/** Empty for a process that is gone. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
