import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RUN_FILES } from '../protocol/run-folder.ts';
import { JobError } from './errors.ts';
import { writeFailure } from './line-file.ts';

/** Where a run puts its files. */
export interface RunFolder {
  readonly path: string;
  readonly summary: string;
  readonly results: string;
  readonly inputs: string;
  readonly journal: string;
  readonly report: string;
  readonly trace: string;
  /** Folder of the workers' logs. */
  readonly output: string;
  /** Folder of the workers' CPU profiles, where they were asked for. */
  readonly profiles: string;
}

/**
 * Makes the folder of a run: `runDir`, which must not hold a run already, or a new one under `.manycore/runs/` of
 * `cwd`, named by time and function. Throws a `JobError` when it cannot be made.
 */
export function createRunFolder(options: {
  cwd: string;
  runDir?: string | undefined;
  exportName: string;
  startedAt: number;
}): RunFolder {
  const path =
    options.runDir === undefined ? makeDefault(options) : makeGiven(resolve(options.cwd, options.runDir));
  return runFolderAt(path);
}

export function runFolderAt(path: string): RunFolder {
  return {
    path,
    summary: join(path, RUN_FILES.summary),
    results: join(path, RUN_FILES.results),
    inputs: join(path, RUN_FILES.inputs),
    journal: join(path, RUN_FILES.journal),
    report: join(path, RUN_FILES.report),
    trace: join(path, RUN_FILES.trace),
    output: join(path, RUN_FILES.output),
    profiles: join(path, RUN_FILES.profiles),
  };
}

function makeGiven(path: string): string {
  return attempt(path, () => {
    mkdirSync(path, { recursive: true });
    claim(path);
    makeOutput(path);
    return path;
  });
}

/** The journal marks a run; 'wx' keeps two runs from sharing a folder even when they start at once. */
function claim(path: string): void {
  try {
    closeSync(openSync(join(path, RUN_FILES.journal), 'wx'));
  } catch (error) {
    if (!isExists(error)) throw error;
    throw new JobError('ERR_MANYCORE_RUN_DIR', `${path} already holds a run`, {
      hint: 'Give another folder with --run-dir, or none: then every run gets a new one.',
    });
  }
}

function makeDefault({
  cwd,
  exportName,
  startedAt,
}: {
  cwd: string;
  exportName: string;
  startedAt: number;
}): string {
  const home = join(cwd, '.manycore');
  const time = new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const name = `${time}-${exportName.replace(/[^\w.-]+/g, '_').slice(0, 60) || 'run'}`;
  return attempt(home, () => {
    mkdirSync(join(home, 'runs'), { recursive: true });
    if (!existsSync(join(home, '.gitignore'))) writeFileSync(join(home, '.gitignore'), '*\n');
    for (let n = 1; ; n++) {
      const path = join(home, 'runs', n === 1 ? name : `${name}-${n}`);
      // Not recursive: fails when the folder is there, which is what makes the name unique between processes.
      if (tryMakeFolder(path)) {
        makeOutput(path);
        return path;
      }
    }
  });
}

function tryMakeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isExists(error)) return false;
    throw error;
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function makeOutput(path: string): void {
  mkdirSync(join(path, RUN_FILES.output), { recursive: true });
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof JobError ? error : writeFailure(path, error);
  }
}

/** Writes a file so that it is there whole or not at all. Throws a `JobError`. */
export function writeWhole(path: string, content: string | { copyOf: string }): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  attempt(path, () => {
    try {
      mkdirSync(dirname(path), { recursive: true });
      if (typeof content === 'string') writeFileSync(temporary, content);
      else copyFileSync(content.copyOf, temporary);
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}
