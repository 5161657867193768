import { resolve } from 'node:path';
import { JobError, toFailure } from '../job/errors.ts';
import type { RunExitCode } from '../protocol/run.ts';
import { type Display, failureLines } from './display.ts';
import { type Paint, paintFor } from './paint.ts';
import { needsOtherNode, runUnder } from './reexec.ts';
import { runConfig } from './run-config.ts';
import type { RunOptions } from './run-options.ts';

/** `manycore run`. Gives the exit code; what is wrong is told on the way. */
export async function runCommand(target: string | undefined, options: RunOptions): Promise<number> {
  // With --json stdout carries the one object and nothing else: not even what a module of the user prints here.
  const stream = options.json ? process.stderr : process.stdout;
  if (options.json) console.log = console.info = console.debug = console.error;
  const paint = paintFor(stream);
  try {
    if (options.node !== undefined && needsOtherNode(options.node)) return await runUnder(options.node);
    if (options.envFile !== undefined) loadEnvironment(options.envFile);
    if (options.preview) return await (await import('./preview-command.ts')).previewCommand(target, options);
    return await run(target, options, stream, paint);
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}

async function run(
  target: string | undefined,
  options: RunOptions,
  stream: NodeJS.WriteStream,
  paint: Paint,
): Promise<RunExitCode> {
  const config = await runConfig(target, options);
  if (options.debugItem !== undefined) {
    const { chosenItem, debugItem } = await import('./debug-item.ts');
    return debugItem(config, chosenItem(options.debugItem), { json: options.json ?? false, stream, paint });
  }
  const display = await displayFor(stream, paint);
  const { startRun } = await import('../job/run.ts');
  const openEngine = async (address: string, cwd: string) =>
    (await import('../engine/distribute.ts')).openDistribution(
      address,
      cwd,
      (line) => void process.stderr.write(`${line}\n`),
    );
  const run = startRun(config, (event) => display.show(event), { openEngine });
  onSignals(() => run.stop());
  const { summary, failure, exitCode } = await run.finished;
  display.close();
  if (failure) process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
  if (!summary) return exitCode;
  if (options.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else process.stdout.write((await import('./result-text.ts')).resultText(summary, paint));
  return exitCode;
}

async function displayFor(stream: NodeJS.WriteStream, paint: Paint): Promise<Display> {
  const { TERM: terminal, CI: inCi } = process.env;
  if (stream.isTTY && terminal !== 'dumb' && !inCi) {
    const { LiveDisplay } = await import('./live-display.ts');
    return new LiveDisplay(stream, paint);
  }
  const { PlainDisplay } = await import('./plain-display.ts');
  return new PlainDisplay(stream, paint);
}

/** The first signal stops, the second kills the running items, a third ends this process at once. They are heard to its end. */
function onSignals(stop: () => void): void {
  let count = 0;
  const listener = (): void => {
    if (++count > 2) process.exit(130);
    stop();
  };
  // A reader that went away, as in `manycore run ... | head`, wants no more of it.
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE' && count === 0) listener();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  process.stdout.on('error', onError);
}

/** Variables that are set already stay as they are. */
function loadEnvironment(file: string): void {
  try {
    process.loadEnvFile(resolve(file));
  } catch (error) {
    throw new JobError('ERR_MANYCORE_USAGE', `--env-file ${file} cannot be read`, {
      hint: error instanceof Error ? error.message : undefined,
      cause: error,
    });
  }
}
