import { formatCount, formatMs } from '../../report/format.ts';
import type { RunModel } from '../../report/model.ts';

const phases: Readonly<Record<string, string>> = {
  preparing: 'Preparing',
  calibrating: 'Calibrating',
  baseline: 'Measuring alone in one process',
  sweep: 'Measuring how it scales',
  running: 'Starting workers',
  verifying: 'Verifying in one process',
  finishing: 'Writing results',
  stopping: 'Stopping',
};

/** Where a run is, in a line: `120 of 1,000 · 3 failed · 12 s left`, or the phase before and after its items. */
export function progressText(model: RunModel): string {
  const { progress, state, phase } = model;
  if (state === 'verifying' && phase?.note) return phase.note;
  if (state !== 'running' || progress === null) return phases[state] ?? '';
  const total = progress.total === null ? '' : ` of ${formatCount(progress.total)}`;
  const parts = [`${formatCount(progress.done)}${total}`];
  if (progress.failed > 0) parts.push(`${formatCount(progress.failed)} failed`);
  if (progress.eta !== null) parts.push(`${formatMs(progress.eta)} left`);
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
