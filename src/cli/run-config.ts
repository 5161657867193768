import type { RunConfig } from '../protocol/run.ts';
import { nodeReason } from './reexec.ts';
import { type RunOptions, toConfig } from './run-options.ts';

/** What the command line asks for, by itself or by the name of a job. Throws a `JobError`. */
export async function runConfig(target: string | undefined, options: RunOptions): Promise<RunConfig> {
  const { job } = options;
  const cwd = process.cwd();
  const found = job === undefined ? undefined : (await import('./find-job.ts')).findJob(job, cwd);
  return toConfig(target, options, cwd, nodeReason(), found);
}
