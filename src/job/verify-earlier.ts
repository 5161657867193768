import { readFileSync, statSync } from 'node:fs';
import type { Message, RunConfig, RunEvent, RunExitCode, RunSummary, Verification } from '../protocol/run.ts';
import { RUN_FILES } from '../protocol/run-folder.ts';
import { withVerification } from '../report/html.ts';
import type { TaskPlan } from './call.ts';
import type { Earlier } from './earlier.ts';
import { JobError } from './errors.ts';
import type { Input } from './input.ts';
import { OutputLogs } from './output-logs.ts';
import { Probe, type WorkerSettings } from './probe.ts';
import { type RunFolder, writeWhole } from './run-folder.ts';
import type { StopSwitch } from './stop.ts';
import { verifyRun } from './verify.ts';

/** Time in ms between two events about how far it is. */
const INTERVAL = 100;

/**
 * Compares the results of a run that has ended with those of one process, and adds what that says to its `run.json` and
 * its report. Throws a `JobError` where the run, its function or its dataset is not what it was.
 */
export async function verifyEarlier(options: {
  readonly earlier: Earlier;
  readonly config: RunConfig;
  readonly input: Input;
  readonly settings: WorkerSettings;
  readonly plan: TaskPlan;
  readonly hashOf: (exportName: string) => Promise<string>;
  readonly onEvent: (event: RunEvent) => void;
  readonly stop: StopSwitch;
}): Promise<{ summary: RunSummary; exitCode: RunExitCode }> {
  const { earlier, config, input, settings, plan, hashOf, onEvent, stop } = options;
  const { source } = earlier;
  if (source === null) throw new Error('There is no earlier run to verify.');
  const summary = readEnded(source);
  const tell = (note?: Message): void =>
    onEvent({ type: 'phase', phase: 'verifying', time: Date.now(), note });
  tell();
  using logs = new OutputLogs(source.output);
  await using probe = new Probe(settings, (stream, text) => {
    logs.appendText('baseline', stream, text);
  });
  const exportName = await stop.race(probe.prepare(plan));
  const hash = await hashOf(exportName);
  if (earlier.facts(hash)?.functionChanged && !config.force) throw functionChanged(source, summary);
  await stop.race(earlier.compare(() => input.read()));
  let told = 0;
  const verification = await stop.race(
    verifyRun({
      probe,
      results: source.results,
      records: input.read(),
      config: { ...config, verify: config.verify ?? 'all' },
      onProgress: (note) => {
        const now = Date.now();
        if (now - told < INTERVAL) return;
        told = now;
        tell(note);
      },
    }),
  );
  const verified = { ...summary, verification };
  keep(source, verified, verification);
  return { summary: verified, exitCode: verification.differences > 0 ? 1 : 0 };
}

/** The summary of a run that has ended. Throws a `JobError`. */
function readEnded(folder: RunFolder): RunSummary {
  if (!statSync(folder.summary, { throwIfNoEntry: false })) {
    throw new JobError('ERR_MANYCORE_USAGE', `${folder.path} did not end: it has no ${RUN_FILES.summary}`, {
      hint: 'Resume it first: what is not done cannot be verified.',
    });
  }
  const summary = JSON.parse(readFileSync(folder.summary, 'utf8')) as RunSummary;
  // The folder may have been moved since.
  return { ...summary, runDir: folder.path };
}

function functionChanged(folder: RunFolder, { function: name }: RunSummary): JobError {
  return new JobError(
    'ERR_MANYCORE_FUNCTION_CHANGED',
    `${name} is not the function that gave the results of ${folder.path}: its code is another one now`,
    { hint: 'Run it again and verify that run.' },
  );
}

function keep(folder: RunFolder, summary: RunSummary, verification: Verification): void {
  if (statSync(folder.report, { throwIfNoEntry: false })) {
    const report = withVerification(readFileSync(folder.report, 'utf8'), verification);
    if (report !== null) writeWhole(folder.report, report);
  }
  writeWhole(folder.summary, `${JSON.stringify(summary, null, 2)}\n`);
}
