import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JobError } from '../job/errors.ts';
import { type RunFolder, runFolderAt } from '../job/run-folder.ts';
import type { RunSummary } from '../protocol/run.ts';
import { RUN_FILES } from '../protocol/run-folder.ts';
import { isSummary } from '../protocol/summary-check.ts';

/** A run that is over, by its folder or its `run.json`. Throws a `JobError` for what is none. */
export function readRun(run: string): { folder: RunFolder; summary: RunSummary } {
  const folder = runFolderAt(folderOf(resolve(run)));
  // The folder may have been moved since; the paths shown are where it is now.
  return { folder, summary: { ...readSummary(folder.summary), runDir: folder.path } };
}

function folderOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw noRun(path, 'there is no such file or folder');
  return found.isDirectory() ? path : dirname(path);
}

function readSummary(file: string): RunSummary {
  let summary: unknown;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw noRun(dirname(file), `it has no ${RUN_FILES.summary}`);
    }
    throw noRun(file, error instanceof Error ? error.message : String(error));
  }
  if (isSummary(summary)) return summary;
  throw noRun(file, 'it is no summary of version 1');
}

function noRun(path: string, reason: string): JobError {
  return new JobError('ERR_MANYCORE_USAGE', `${path} is no run: ${reason}`, {
    hint: `Give the folder of a run that ended (one that was killed: manycore run --resume RUN), such as ${join('.manycore', 'runs', '...')}, or its ${RUN_FILES.summary}.`,
  });
}
