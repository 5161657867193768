import { usage } from '../job/check-config.ts';
import { previewDataset } from '../job/preview.ts';
import type { RunExitCode } from '../protocol/run.ts';
import { previewText } from '../report/preview-text.ts';
import { failureLines } from './display.ts';
import { paintFor } from './paint.ts';
import { runConfig } from './run-config.ts';
import type { RunOptions } from './run-options.ts';

/** `manycore run --preview`: what the dataset gives, without running the function. Gives the exit code; throws a `JobError`. */
export async function previewCommand(target: string | undefined, options: RunOptions): Promise<RunExitCode> {
  const { resume, onlyFailed, json = false } = options;
  if (resume !== undefined || onlyFailed !== undefined) {
    throw usage('--preview shows a dataset, and a run that goes on has its own', 'Leave --preview out.');
  }
  const config = await runConfig(target, options);
  const preview = await previewDataset({ ...config, name: nameOf(config.function), callsExport: true });
  if (json) process.stdout.write(`${JSON.stringify(preview, null, 2)}\n`);
  if ('failure' in preview) {
    const lines = failureLines(preview.failure, paintFor(process.stderr));
    const arrays = preview.arrays.map((source) => `  --data '${source}'`);
    process.stderr.write(`${[...lines, ...arrays].join('\n')}\n`);
    return 2;
  }
  if (!json) {
    const calls = preview.calls.map((call) => `  ${call}\n`).join('');
    process.stdout.write(`${config.data}: ${previewText(preview)}\n${calls}`);
  }
  return 0;
}

/** Of `FILE#EXPORT`; the only export of a file has no name yet. */
function nameOf(target: string): string {
  return /#([^#/]+)$/.exec(target)?.[1] ?? 'call';
}
