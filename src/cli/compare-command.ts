import { resolve } from 'node:path';
import Table from 'cli-table3';
import { toFailure } from '../job/errors.ts';
import { writeWhole } from '../job/run-folder.ts';
import { type Change, type ComparedFact, compareRuns } from '../report/compare.ts';
import { renderComparison } from '../report/comparison-page.ts';
import { plainText } from '../report/plain-text.ts';
import { failureLines } from './display.ts';
import { type Paint, paintFor, type Style } from './paint.ts';
import { readRun } from './read-run.ts';

/** How `manycore compare` shows it. */
export interface CompareOptions {
  readonly json?: boolean;
  /** File for the page that the editor shows. */
  readonly html?: string;
}

/** `manycore compare RUN RUN`: two runs beside each other. Gives the exit code. */
export function compareCommand(first: string, second: string, { json, html }: CompareOptions): number {
  try {
    const [one, other] = [readRun(first).summary, readRun(second).summary];
    const facts = compareRuns(one, other);
    if (html !== undefined) writeWhole(resolve(html), renderComparison(one, other));
    if (json) process.stdout.write(`${JSON.stringify({ version: 1, facts }, null, 2)}\n`);
    else process.stdout.write(`${tableOf(facts, paintFor(process.stdout))}\n`);
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}

const STYLES: Readonly<Record<Change, Style>> = {
  better: 'green',
  worse: 'red',
  unclear: 'dim',
  other: 'bold',
};

function tableOf(facts: readonly ComparedFact[], paint: Paint): string {
  const table = new Table({
    head: ['', 'first', 'second', 'change'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, first, second, differs, ratio, change } of facts) {
    const amount = ratio === null ? 'changed' : `x ${ratio.toFixed(2)}`;
    const judged = change === 'better' || change === 'worse' ? `${amount} ${change}` : amount;
    const shown = change === null ? judged : paint(STYLES[change], judged);
    const [one, other] = [plainText(first), plainText(second)];
    table.push([name, one, differs ? paint('bold', other) : other, differs ? shown : '']);
  }
  return table.toString();
}
