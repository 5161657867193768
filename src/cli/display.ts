import type {
  Message,
  OutputLine,
  RunEvent,
  RunFailure,
  RunHeader,
  RunPhase,
  RunProgress,
} from '../protocol/run.ts';
import { formatCount, formatMs, formatRate, plural } from '../report/format.ts';
import { english, say } from '../report/l10n.ts';
import { plainText } from '../report/plain-text.ts';
import type { Paint, Style } from './paint.ts';

/** Shows a run while it goes. */
export interface Display {
  show(event: RunEvent): void;
  /** Takes away what was shown for the moment only. */
  close(): void;
}

const PHASES: Record<RunPhase, string> = {
  preparing: 'Preparing',
  calibrating: 'Calibrating',
  baseline: 'Measuring the baseline',
  sweep: 'Measuring how it scales',
  running: 'Running',
  verifying: 'Verifying in one process',
  finishing: 'Finishing',
  stopping: 'Stopping',
};

export function phaseText(phase: RunPhase, note: Message | undefined): string {
  const why = note && say(note, english);
  if (phase === 'stopping') {
    return why === undefined
      ? 'Stopping: running items get 2 s to end, Ctrl-C again kills them'
      : `Stopping, for ${why}: running items get 2 s to end, Ctrl-C kills them`;
  }
  return why === undefined ? PHASES[phase] : `${PHASES[phase]} (${why})`;
}

/** What runs where, every choice with its reason. */
export function headerLines(header: RunHeader, paint: Paint): string[] {
  const { dataset, workers, node, loader } = header;
  const items = dataset.items === null ? 'streamed' : plural(dataset.items, 'item');
  const fact = (name: string, text: string, reason?: string): string =>
    `${paint('dim', name.padEnd(9))}${text}${reason === undefined ? '' : paint('dim', ` (${reason})`)}`;
  return [
    `${paint('bold', header.function)} over ${paint('bold', dataset.source)}: ${items}`,
    fact('workers', String(workers.count), workers.reason),
    fact('node', node.version, node.reason),
    fact('loader', loader.kind, loader.reason),
    fact('run', header.runDir),
    ...earlierLines(header, paint),
  ];
}

function earlierLines({ earlier }: RunHeader, paint: Paint): string[] {
  if (earlier === undefined) return [];
  const { kind, run, items, failed, functionChanged } = earlier;
  const lines =
    kind === 'resume'
      ? [
          `resumed  ${plural(items, 'item')} were done before${failed > 0 ? `, ${failed} of them failed` : ''}`,
        ]
      : [`again    ${plural(failed, 'failed item')} of ${run}`];
  if (functionChanged) lines.push(paint('yellow', 'warning  the function is not the one that ran before'));
  return lines;
}

export function progressText(progress: RunProgress, paint: Paint): string {
  const { done, failed, total, rate, eta } = progress;
  const parts = [total === null ? plural(done, 'item') : `${formatCount(done)} of ${formatCount(total)}`];
  if (failed > 0) parts.push(paint('red', `${formatCount(failed)} failed`));
  parts.push(formatRate(rate));
  if (eta !== null && done > 0) parts.push(`${formatMs(eta)} left`);
  return parts.join(', ');
}

const WORKER_STYLES: readonly Style[] = ['cyan', 'magenta', 'yellow', 'green', 'blue'];

export function workerName(worker: number, paint: Paint): string {
  return paint(WORKER_STYLES[worker % WORKER_STYLES.length] ?? 'cyan', `worker ${worker}`);
}

export function outputText(line: OutputLine, paint: Paint): string {
  const item = line.item === null ? '' : paint('dim', ` item ${line.item}`);
  const text = plainText(line.text);
  return `${workerName(line.worker, paint)}${item} | ${line.stream === 'stderr' ? paint('yellow', text) : text}`;
}

export function failureLines(failure: RunFailure, paint: Paint): string[] {
  const lines = [`${paint('red', 'error')} ${failure.message} ${paint('dim', `[${failure.code}]`)}`];
  const { at } = failure;
  if (at) lines.push(`  at ${at.file}:${at.line}:${at.column}`);
  if (failure.hint) lines.push(`  ${failure.hint}`);
  if (failure.code === 'ERR_MANYCORE_INTERNAL' && failure.stack) lines.push(paint('dim', failure.stack));
  if (failure.runDir) lines.push(`  What was done until then is kept in ${failure.runDir}`);
  return lines;
}
