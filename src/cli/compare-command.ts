import Table from 'cli-table3';
import { toFailure } from '../job/errors.ts';
import { type ComparedFact, compareRuns } from '../report/compare.ts';
import { plainText } from '../report/plain-text.ts';
import { failureLines } from './display.ts';
import { type Paint, paintFor } from './paint.ts';
import { readRun } from './read-run.ts';

/** `manycore compare RUN RUN`: two runs beside each other. Gives the exit code. */
export function compareCommand(first: string, second: string, json: boolean): number {
  try {
    const facts = compareRuns(readRun(first).summary, readRun(second).summary);
    if (json) process.stdout.write(`${JSON.stringify({ version: 1, facts }, null, 2)}\n`);
    else process.stdout.write(`${tableOf(facts, paintFor(process.stdout))}\n`);
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}

function tableOf(facts: readonly ComparedFact[], paint: Paint): string {
  const table = new Table({
    head: ['', 'first', 'second', 'change'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, first, second, differs, ratio } of facts) {
    const change = ratio === null ? 'changed' : `x ${ratio.toFixed(2)}`;
    const [one, other] = [plainText(first), plainText(second)];
    table.push([name, one, differs ? paint('bold', other) : other, differs ? change : '']);
  }
  return table.toString();
}
