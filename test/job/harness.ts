import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Run, type RunOutcome, startRun } from '../../src/job/run.ts';
import type { OutputLine, RunConfig, RunEvent, RunHeader, RunSummary } from '../../src/protocol/run.ts';

/** The folder of the functions and datasets that these tests run. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/job', import.meta.url));

/** One row of `results.jsonl`. */
export interface FileRow {
  readonly index: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: {
    name: string;
    message: string;
    stack?: string;
    code?: string;
    at?: { file: string; line: number };
  };
  readonly ms: number;
  readonly worker: number;
}

/** A run that has ended, with all that it left. */
export interface EndedRun extends RunOutcome {
  readonly events: readonly RunEvent[];
  readonly header: RunHeader;
  readonly runDir: string;
  /** By index. */
  readonly rows: readonly FileRow[];
  readonly lines: readonly OutputLine[];
}

/** Temporary folders of a test, removed after it. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'manycore-run-'));
    folders.push(folder);
    return folder;
  };
}

/** Runs to the end. `onEvent` may stop the run. The baseline is off unless a test is about it. */
export async function runJob(
  config: Partial<RunConfig> & Pick<RunConfig, 'function' | 'data' | 'runDir'>,
  onEvent: (event: RunEvent, run: Run) => void = () => undefined,
): Promise<EndedRun> {
  const events: RunEvent[] = [];
  const run: Run = startRun({ cwd: FIXTURES, workers: 2, baseline: 'off', ...config }, (event) => {
    events.push(event);
    // The first events come before startRun returns.
    queueMicrotask(() => onEvent(event, run));
  });
  const outcome = await run.finished;
  const started = events.find((event) => event.type === 'started');
  const header = started?.type === 'started' ? started.header : (undefined as unknown as RunHeader);
  const runDir = header?.runDir ?? '';
  return {
    ...outcome,
    events,
    header,
    runDir,
    rows: runDir === '' ? [] : readRows(runDir),
    lines: events.flatMap((event) => (event.type === 'output' ? event.lines : [])),
  };
}

export function readRows(runDir: string): FileRow[] {
  const text = readFileSync(join(runDir, 'results.jsonl'), 'utf8');
  const rows = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as FileRow);
  return rows.sort((a, b) => a.index - b.index);
}

export function readSummary(runDir: string): RunSummary {
  return JSON.parse(readFileSync(join(runDir, 'run.json'), 'utf8')) as RunSummary;
}

/** Process ids of the living children, and theirs, of `pid`. Zombies have ended. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const all: number[] = [];
  for (const next = [...(children.get(pid) ?? [])]; next.length > 0; ) {
    const child = next.pop() as number;
    all.push(child);
    next.push(...(children.get(child) ?? []));
  }
  return all;
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  return parentOf(pid) !== undefined;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(parent);
  } catch {
    // It ended between being listed and being read.
    return undefined;
  }
}

/** Waits until `done()`, looking often; fails after 10 s with what was waited for. */
export async function until(what: string, done: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited 10 s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
