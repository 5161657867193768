import { itemCount } from '../../report/counts.ts';
import { formatCount, formatMs, formatSpeedup } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import type { LastRun } from '../commands/memory.ts';

/** The last run as a lens says it: `1.94x on 2 · 3.1 s`. */
export function lastRunText(run: LastRun): string {
  const speed = run.speedup === null ? l10n.t('not measured') : formatSpeedup(run.speedup);
  const parts = [l10n.t('{0} on {1}', speed, run.workers), formatMs(run.wallMs)];
  if (run.failed > 0) parts.push(l10n.t('{0} failed', formatCount(run.failed)));
  if (run.interrupted) parts.push(l10n.t('stopped after {0}', itemCount(run.items)));
  return parts.join(' · ');
}
