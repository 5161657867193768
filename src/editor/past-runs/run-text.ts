import type { RunSummary } from '../../protocol/run.ts';
import { formatCount, formatMs, formatSpeedup, formatSpeedupInterval, plural } from '../../report/format.ts';
import { verificationText } from '../../report/verification-text.ts';
import { nameOf, type PastRun, type RunKind } from './past-run.ts';
import type { ListedRun } from './run-list.ts';

/** A run as one row of a list, and what is told when the pointer rests on it. Plain data. */
export interface RunText {
  readonly label: string;
  readonly description: string;
  /** A codicon and the theme colour that it is drawn in; null for that of the text. */
  readonly icon: { readonly id: string; readonly color: string | null };
  /** For a screen reader: what the icon says too. */
  readonly spoken: string;
  /** Each fact of the tooltip. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** One sentence under the facts; may be empty. */
  readonly remark: string;
  /** What can be done with it, as words that `when` clauses look for. */
  readonly context: string;
}

const states: Readonly<Record<RunKind, { word: string; icon: RunText['icon'] }>> = {
  done: { word: 'Done', icon: { id: 'pass', color: 'testing.iconPassed' } },
  'failed-items': { word: 'Done with failures', icon: { id: 'error', color: 'testing.iconFailed' } },
  differs: { word: 'Results differ', icon: { id: 'diff', color: 'testing.iconFailed' } },
  stopped: { word: 'Stopped', icon: { id: 'circle-slash', color: 'testing.iconSkipped' } },
  'broken-off': { word: 'Broke off', icon: { id: 'debug-disconnect', color: 'list.warningForeground' } },
  running: { word: 'Running', icon: { id: 'loading~spin', color: null } },
  'no-run': { word: 'Not a run', icon: { id: 'question', color: 'disabledForeground' } },
};

/** @param progress how far the run is, where this window runs it */
export function runText(listed: ListedRun, run: PastRun, progress: string | null = null): RunText {
  const { word, icon } = states[run.kind];
  const label = nameOf(run) ?? listed.name;
  const description = describe(run, progress);
  return {
    label,
    description,
    icon,
    spoken: `${label}, ${word}, ${description}`,
    facts: [['State', word], ...factsOf(listed, run)],
    remark: remarkOf(run),
    context: ['run', ...abilities(run), ...(progress === null ? [] : ['own'])].join(' '),
  };
}

/** What can be done with a run, one word each. */
export function abilities({ kind, summary, journal }: PastRun): string[] {
  if (kind === 'running') return ['running'];
  if (kind === 'no-run') return ['deletable'];
  const words = ['deletable', 'again'];
  if (summary !== null) words.push('ended', 'verifiable');
  const ofFailed = summary?.earlier?.kind === 'only-failed' || journal?.config?.onlyFailed !== undefined;
  if (!ofFailed && (kind === 'stopped' || kind === 'broken-off')) words.push('resumable');
  if ((summary?.failed ?? 0) > 0) words.push('failures');
  return words;
}

function describe(run: PastRun, progress: string | null): string {
  const { kind, summary } = run;
  if (kind === 'running') return progress ?? 'running in another process';
  if (kind === 'broken-off') return 'broke off';
  if (kind === 'no-run' || summary === null) return 'not a run';
  const { speedup, workers, wallMs, failed, items, interrupted, verification } = summary;
  const time = formatMs(wallMs);
  const parts = [
    // First, since a narrow view cuts the end.
    ...(interrupted ? [`stopped after ${plural(items, 'item')}`] : []),
    ...(speedup === null ? [`${time} on ${workers}`] : [`${formatSpeedup(speedup)} on ${workers}`, time]),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(verification !== undefined && verification.differences > 0
      ? [`${formatCount(verification.differences)} differ`]
      : []),
  ];
  return parts.join(' · ');
}

function factsOf(listed: ListedRun, { summary, journal }: PastRun): [string, string][] {
  const target = summary?.function ?? journal?.function;
  if (target === undefined) return [['Folder', listed.name]];
  const facts: [string, string][] = [
    ['Function', target],
    ['Dataset', summary?.dataset ?? journal?.dataset ?? ''],
  ];
  if (summary !== null) facts.push(...measured(summary));
  facts.push(['Started', new Date(summary?.startedAt ?? listed.startedAt).toLocaleString()]);
  return facts;
}

function measured(summary: RunSummary): [string, string][] {
  const { items, failed, workers, speedup, speedupInterval, wallMs, baseline, node, loader } = summary;
  const facts: [string, string][] = [
    ['Items', failed > 0 ? `${plural(items, 'item')}, ${formatCount(failed)} failed` : plural(items, 'item')],
    ['Time', `${formatMs(wallMs)} on ${plural(workers, 'worker')}`],
  ];
  if (speedup !== null) {
    const interval = speedupInterval === null ? '' : ` (${formatSpeedupInterval(speedupInterval)})`;
    const alone = baseline.ms === null ? '' : `, ${formatMs(baseline.ms)} in one process`;
    facts.push(['Speedup', `${formatSpeedup(speedup)}${interval}${alone}`]);
  }
  facts.push(['Node', `${node}, ${loader === 'native' ? 'native loader' : 'bundled'}`]);
  return facts;
}

function remarkOf({ kind, summary, note }: PastRun): string {
  if (kind === 'running') return note === null ? '' : `It is worked on by ${note}.`;
  if (kind === 'broken-off') return 'What it had finished is kept: Resume goes on from there.';
  if (kind === 'no-run') return note ?? '';
  if (summary?.verification !== undefined && kind === 'differs') {
    const text = verificationText(summary.verification);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  }
  return summary?.verdict.text ?? '';
}
