import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JobError, toFailure } from '../job/errors.ts';
import { writeWhole } from '../job/run-folder.ts';
import { failureLines } from './display.ts';
import { paintFor } from './paint.ts';
import { readRun } from './read-run.ts';
import { resultText } from './result-text.ts';

/** Copies that `manycore report` makes. */
export interface ReportOptions {
  readonly html?: string;
  readonly trace?: string;
}

/** `manycore report RUN`: prints the result of a run that is over, and copies its report or trace. Gives the exit code. */
export function reportCommand(run: string, { html, trace }: ReportOptions): number {
  try {
    const { folder, summary } = readRun(run);
    process.stdout.write(resultText(summary, paintFor(process.stdout)));
    if (html !== undefined) writeWhole(resolve(html), { copyOf: folder.report });
    if (trace !== undefined) {
      if (!existsSync(folder.trace)) {
        throw new JobError('ERR_MANYCORE_USAGE', `${folder.path} has no trace: it is of an older version`);
      }
      writeWhole(resolve(trace), { copyOf: folder.trace });
    }
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}
