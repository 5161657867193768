import type { RunSummary } from '../../protocol/run.ts';
import { itemCount, workerCount } from '../../report/counts.ts';
import { formatCount, formatMs, formatSpeedup, formatSpeedupInterval } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import { verdictText } from '../../report/verdict.ts';
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

const states: Readonly<Record<RunKind, { word: () => string; icon: RunText['icon'] }>> = {
  done: { word: () => l10n.t('Done'), icon: { id: 'pass', color: 'testing.iconPassed' } },
  'failed-items': {
    word: () => l10n.t('Done with failures'),
    icon: { id: 'error', color: 'testing.iconFailed' },
  },
  differs: { word: () => l10n.t('Results differ'), icon: { id: 'diff', color: 'testing.iconFailed' } },
  stopped: { word: () => l10n.t('Stopped'), icon: { id: 'circle-slash', color: 'testing.iconSkipped' } },
  'broken-off': {
    word: () => l10n.t('Broke off'),
    icon: { id: 'debug-disconnect', color: 'list.warningForeground' },
  },
  running: { word: () => l10n.t('Running'), icon: { id: 'loading~spin', color: null } },
  'no-run': { word: () => l10n.t('Not a run'), icon: { id: 'question', color: 'disabledForeground' } },
};

/** @param progress how far the run is, where this window runs it */
export function runText(listed: ListedRun, run: PastRun, progress: string | null = null): RunText {
  const { word: wordOf, icon } = states[run.kind];
  const word = wordOf();
  const label = nameOf(run) ?? listed.name;
  const description = describe(run, progress);
  return {
    label,
    description,
    icon,
    spoken: `${label}, ${word}, ${description}`,
    facts: [[l10n.t('State'), word], ...factsOf(listed, run)],
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
  if (kind === 'running') return progress ?? l10n.t('running in another process');
  if (kind === 'broken-off') return l10n.t('broke off');
  if (kind === 'no-run' || summary === null) return l10n.t('not a run');
  const { speedup, workers, wallMs, failed, items, interrupted, verification } = summary;
  const time = formatMs(wallMs);
  const parts = [
    // First, since a narrow view cuts the end.
    ...(interrupted ? [l10n.t('stopped after {0}', itemCount(items))] : []),
    ...(speedup === null
      ? [l10n.t('{0} on {1}', time, workers)]
      : [l10n.t('{0} on {1}', formatSpeedup(speedup), workers), time]),
    ...(failed > 0 ? [failedCount(failed)] : []),
    ...(verification !== undefined && verification.differences > 0
      ? [l10n.t('{0} differ', formatCount(verification.differences))]
      : []),
  ];
  return parts.join(' · ');
}

function factsOf(listed: ListedRun, { summary, journal }: PastRun): [string, string][] {
  const target = summary?.function ?? journal?.function;
  if (target === undefined) return [[l10n.t('Folder'), listed.name]];
  const facts: [string, string][] = [
    [l10n.t('Function'), target],
    [l10n.t('Dataset'), summary?.dataset ?? journal?.dataset ?? ''],
  ];
  if (summary !== null) facts.push(...measured(summary));
  facts.push([l10n.t('Started'), new Date(summary?.startedAt ?? listed.startedAt).toLocaleString()]);
  return facts;
}

function measured(summary: RunSummary): [string, string][] {
  const { items, failed, workers, speedup, speedupInterval, wallMs, baseline, node, loader } = summary;
  const facts: [string, string][] = [
    [l10n.t('Items'), failed > 0 ? `${itemCount(items)}, ${failedCount(failed)}` : itemCount(items)],
    [l10n.t('Time'), l10n.t('{0} on {1}', formatMs(wallMs), workerCount(workers))],
  ];
  if (speedup !== null) {
    const interval = speedupInterval === null ? '' : ` (${formatSpeedupInterval(speedupInterval, l10n.t)})`;
    const alone = baseline.ms === null ? '' : `, ${l10n.t('{0} in one process', formatMs(baseline.ms))}`;
    facts.push([l10n.t('Speedup'), `${formatSpeedup(speedup)}${interval}${alone}`]);
  }
  facts.push(['Node', `${node}, ${loader === 'native' ? l10n.t('native loader') : l10n.t('bundled')}`]);
  return facts;
}

function remarkOf({ kind, summary, note }: PastRun): string {
  if (kind === 'running') return note === null ? '' : l10n.t('It is worked on by {0}.', note);
  if (kind === 'broken-off') return l10n.t('What it had finished is kept: Resume goes on from there.');
  if (kind === 'no-run') return note ?? '';
  if (summary?.verification !== undefined && kind === 'differs') {
    const text = verificationText(summary.verification, l10n.t);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  }
  return summary === null ? '' : verdictText(summary.verdict, l10n.t);
}

const failedCount = (failed: number): string => l10n.t('{0} failed', formatCount(failed));
