import { parseTarget } from '../../job/resolve.ts';
import type { RunConfig } from '../../protocol/run.ts';
import type { RunInput } from '../../protocol/tools.ts';
import type { EndedRun } from '../../report/tool-text.ts';
import { dataInsideOf, insideOf } from './inside.ts';
import { type JobOptions, runJob } from './job.ts';

/** Runs a function of the folder over a dataset of the folder. Throws a `JobError` for what names anything else. */
export async function run(input: RunInput, cwd: string, options: JobOptions): Promise<EndedRun> {
  insideOf(cwd, parseTarget(input.function, cwd).file);
  dataInsideOf(cwd, input.data);
  const config: RunConfig = { ...input, cwd, nodeReason: 'the Node that started manycore mcp' };
  return runJob(config, options);
}
