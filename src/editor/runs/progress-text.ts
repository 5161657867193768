import { formatCount, formatMs } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import type { RunModel } from '../../report/model.ts';

const phases: Readonly<Record<string, () => string>> = {
  preparing: () => l10n.t('Preparing'),
  calibrating: () => l10n.t('Calibrating'),
  baseline: () => l10n.t('Measuring alone in one process'),
  sweep: () => l10n.t('Measuring how it scales'),
  running: () => l10n.t('Starting workers'),
  verifying: () => l10n.t('Verifying in one process'),
  finishing: () => l10n.t('Writing results'),
  stopping: () => l10n.t('Stopping'),
};

/** Where a run is, in a line: `120 of 1,000 · 3 failed · 12 s left`, or the phase before and after its items. */
export function progressText(model: RunModel): string {
  const { progress, state, phase } = model;
  if (state === 'verifying' && phase?.note) return l10n.say(phase.note, l10n.t);
  if (state !== 'running' || progress === null) return phases[state]?.() ?? '';
  const done = formatCount(progress.done);
  const parts = [progress.total === null ? done : l10n.t('{0} of {1}', done, formatCount(progress.total))];
  if (progress.failed > 0) parts.push(l10n.t('{0} failed', formatCount(progress.failed)));
  if (progress.eta !== null) parts.push(l10n.t('{0} left', formatMs(progress.eta)));
  return parts.join(' · ');
}

/** Share of the items that are done, in percent; null while it is not known. */
export function progressPercent(model: RunModel): number | null {
  const { progress, state } = model;
  // What is verified was all done before.
  if (state === 'verifying') return null;
  if (progress === null || progress.total === null || progress.total === 0) return null;
  return Math.min(100, (100 * progress.done) / progress.total);
}
