import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { ResultRow, RunSummary } from '../protocol/run.ts';
import { RUN_FILES } from '../protocol/run-folder.ts';
import {
  formatCount,
  formatMs,
  formatShare,
  formatSpeedup,
  formatSpeedupInterval,
  plural,
} from '../report/format.ts';
import { LOSS_KINDS } from '../report/losses.ts';
import { plainText } from '../report/plain-text.ts';
import { verificationText } from '../report/verification-text.ts';
import { NOTABLE_GAIN, whatIfText } from '../report/what-if.ts';
import type { Paint } from './paint.ts';

/** Failed items that are shown; all of them are in the results. */
const SHOWN_ERRORS = 5;
/** Changes that are shown, those with the largest gain. */
const SHOWN_CHANGES = 4;
/** Workers that the table shows. */
const SHOWN_WORKERS = 32;

/** The result of a run for people. */
export function resultText(summary: RunSummary, paint: Paint): string {
  return [
    '',
    outcome(summary, paint),
    workerTable(summary, paint),
    ...speedLines(summary, paint),
    ...verificationLines(summary, paint),
    ...errorLines(summary, paint),
    '',
    ...fileLines(summary, paint),
    '',
  ].join('\n');
}

function outcome(summary: RunSummary, paint: Paint): string {
  const { items, succeeded, failed, skippedRecords, wallMs, workers, interrupted } = summary;
  const counts = [paint('green', `${formatCount(succeeded)} succeeded`)];
  if (failed > 0) counts.push(paint('red', `${formatCount(failed)} failed`));
  if (skippedRecords > 0) counts.push(paint('yellow', `${plural(skippedRecords, 'bad record')} left out`));
  const cut = interrupted ? paint('yellow', ' (stopped before the end)') : '';
  return `${paint('bold', plural(items, 'item'))} in ${paint('bold', formatMs(wallMs))} on ${plural(workers, 'worker')}: ${counts.join(', ')}${cut}`;
}

function workerTable({ perWorker, hosts }: RunSummary, paint: Paint): string {
  const table = new Table({
    head: [
      'worker',
      ...(hosts === undefined ? [] : ['host']),
      'pid',
      'items',
      'failed',
      'computing',
      'encoding',
      'starting',
      'waiting',
      'lines',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: Array.from({ length: hosts === undefined ? 9 : 10 }, () => 'right' as const),
  });
  for (const worker of perWorker.slice(0, SHOWN_WORKERS)) {
    table.push([
      String(worker.worker),
      ...(hosts === undefined ? [] : [worker.host ?? '']),
      String(worker.pid),
      formatCount(worker.items),
      worker.failed > 0 ? paint('red', formatCount(worker.failed)) : '0',
      formatMs(worker.busyMs),
      formatMs(worker.encodingMs),
      formatMs(worker.startupMs),
      formatMs(worker.waitingMs),
      formatCount(worker.lines),
    ]);
  }
  const more = perWorker.length - SHOWN_WORKERS;
  return `${table.toString()}${more > 0 ? `\n(and ${plural(more, 'worker')} more in run.json)` : ''}`;
}

function speedLines(summary: RunSummary, paint: Paint): string[] {
  const { baseline, speedup, speedupInterval, efficiency, losses, verdict } = summary;
  const note = baseline.note === undefined ? '' : paint('dim', ` (${baseline.note})`);
  const lines: string[] = [];
  if (speedup === null || baseline.ms === null) {
    lines.push(`${paint('bold', 'Speedup')}   not measured${note}`);
  } else {
    const how =
      baseline.kind === 'full'
        ? `every item was timed alone: ${formatMs(baseline.ms)}`
        : `${plural(baseline.items, 'item')} timed alone: ${formatMs(baseline.ms)} for all in one process`;
    lines.push(`${paint('bold', 'Baseline')}  ${how}${note}`);
    const interval =
      speedupInterval === null ? '' : ` (95 % interval ${formatSpeedupInterval(speedupInterval)})`;
    const share = efficiency === null ? '' : `, efficiency ${formatShare(efficiency)}`;
    lines.push(`${paint('bold', 'Speedup')}   ${paint('bold', formatSpeedup(speedup))}${interval}${share}`);
  }
  const shares = LOSS_KINDS.filter(({ key }) => losses[key] >= 0.0005).map(
    ({ key, label }) => `${label.toLowerCase()} ${formatShare(losses[key])}`,
  );
  if (shares.length > 0) lines.push(`${paint('bold', 'Time')}      ${shares.join(', ')}`);
  lines.push(...scalingLines(summary, paint), ...whatIfLines(summary, paint));
  lines.push(`${paint('bold', 'Verdict')}   ${verdict.text}`);
  return lines;
}

/** What the sweep measured, and what it makes of other worker counts. */
function scalingLines({ scaling, forecast }: RunSummary, paint: Paint): string[] {
  if (!scaling) return [];
  const { points, items, law, note } = scaling;
  const head = paint('bold', 'Scaling');
  const why = note === undefined ? '' : paint('dim', ` (${note})`);
  if (points.length === 0) return [`${head}   not measured${why}`];
  const measured = points.map(
    ({ workers, speedup, spread }) =>
      `${plural(workers, 'worker')} ${formatSpeedup(speedup)} (${formatSpeedupInterval(spread)})`,
  );
  const lines = [`${head}   ${measured.join(', ')}; ${plural(items, 'item')} each, start-up added${why}`];
  const known = new Set(points.map(({ workers }) => workers));
  const others = (forecast ?? []).filter(({ workers }) => !known.has(workers));
  if (law === null || others.length === 0) return lines;
  const expected = others.map(
    ({ workers, speedup, interval }) =>
      `${plural(workers, 'worker')} ${formatSpeedup(speedup)} (${formatSpeedupInterval(interval)})`,
  );
  return [...lines, `${paint('bold', 'Forecast')}  ${expected.join(', ')}; given as many cores, 95 % band`];
}

/** The changes that would gain something. */
function whatIfLines({ whatIf, speedup }: RunSummary, paint: Paint): string[] {
  const gains = (whatIf ?? []).filter(
    (change) => speedup !== null && change.speedup > speedup * NOTABLE_GAIN && change.change !== 'workers',
  );
  if (gains.length === 0) return [];
  const texts = gains
    .slice(0, SHOWN_CHANGES)
    .map((change) => `${whatIfText(change).toLowerCase()} ${formatSpeedup(change.speedup)}`);
  return [`${paint('bold', 'What if')}   ${texts.join(', ')}`];
}

function verificationLines({ verification }: RunSummary, paint: Paint): string[] {
  if (verification === undefined) return [];
  const { note, differences, first } = verification;
  const text = verificationText(verification);
  const line = `${paint('bold', 'Verified')}  ${differences > 0 ? paint('red', text) : text}`;
  if (note !== undefined) return [line];
  return [
    line,
    ...first
      .slice(0, SHOWN_ERRORS)
      .flatMap(({ index, path, parallel, alone, repeatable }) => [
        `  ${paint('red', `item ${index}`)} at ${path}: ${plainText(parallel)} in the run, ${plainText(alone)} alone`,
        `    ${paint('dim', repeatable ? 'the same each time alone: it depends on order or state' : 'something else each time')}`,
      ]),
  ];
}

function errorLines({ failed, firstErrors }: RunSummary, paint: Paint): string[] {
  if (failed === 0) return [];
  const lines = ['', paint('bold', failed === 1 ? 'The item that failed' : 'The first items that failed')];
  for (const row of firstErrors.slice(0, SHOWN_ERRORS)) lines.push(...errorOf(row, paint));
  const more = failed - Math.min(failed, SHOWN_ERRORS, firstErrors.length);
  if (more > 0) lines.push(paint('dim', `  and ${plural(more, 'more', 'more')} in ${RUN_FILES.results}`));
  return lines;
}

function errorOf({ index, input, error }: ResultRow, paint: Paint): string[] {
  const what = error ? `${error.name}: ${plainText(error.message).split('\n')[0]}` : 'failed';
  const at = error?.at ? `\n    at ${error.at.file}:${error.at.line}:${error.at.column}` : '';
  return [
    `  ${paint('red', `item ${index}`)} ${what}${at}\n    ${paint('dim', `input ${plainText(input).slice(0, 160)}`)}`,
  ];
}

function fileLines({ runDir }: RunSummary, paint: Paint): string[] {
  const line = (name: string, file: string): string =>
    `${paint('dim', name.padEnd(10))}${join(runDir, file)}`;
  return [
    line('Results', RUN_FILES.results),
    line('Report', RUN_FILES.report),
    ...(existsSync(join(runDir, RUN_FILES.profiles)) ? [line('Profiles', RUN_FILES.profiles)] : []),
    line('Run', ''),
  ];
}
