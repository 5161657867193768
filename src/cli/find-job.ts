import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JobError } from '../job/errors.ts';
import { nearest } from '../job/nearest.ts';
import { JOB_FILE, type Job, parseJobFile } from '../protocol/job-file.ts';

export interface FoundJob {
  readonly job: Job;
  /** Where its relative paths begin: the folder that holds `.vscode`. */
  readonly folder: string;
}

/**
 * The job `name` of the first job file in `cwd` or a folder above it. Mistakes in other jobs do not matter.
 * @throws {JobError} `ERR_MANYCORE_JOB` when there is no file, the file has a mistake, or no such job; known ones are listed.
 */
export function findJob(name: string, cwd: string): FoundJob {
  const file = findFile(cwd);
  const { jobs, problems } = parseJobFile(read(file));
  const job = jobs.get(name);
  if (job !== undefined) return { job, folder: dirname(dirname(file)) };
  const [problem] = problems;
  if (problem !== undefined) {
    const { message, line, column } = problem;
    throw new JobError('ERR_MANYCORE_JOB', message, { at: { file, line, column } });
  }
  throw new JobError('ERR_MANYCORE_JOB', `There is no job "${name}" in ${file}`, {
    hint: known(name, [...jobs.keys()]),
  });
}

function findFile(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, JOB_FILE);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) break;
  }
  throw new JobError('ERR_MANYCORE_JOB', `There is no ${JOB_FILE} in ${cwd} or a folder above`, {
    hint: 'Save a run with "Manycore: Save Run as Job" in the editor, or write the file.',
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JobError('ERR_MANYCORE_JOB', `${file} cannot be read: ${reason}`, { cause: error });
  }
}

function known(name: string, names: readonly string[]): string {
  if (names.length === 0) return 'The file has no jobs.';
  const [similar] = nearest(name, names);
  const guess = similar === undefined ? '' : `Did you mean "${similar}"? `;
  return `${guess}Known jobs: ${names.join(', ')}.`;
}
