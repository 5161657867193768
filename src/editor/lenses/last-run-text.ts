import { formatMs, formatSpeedup, plural } from '../../report/format.ts';
import type { LastRun } from '../commands/memory.ts';

/** The last run as a lens says it: `1.94x on 2 · 3.1 s`. */
export function lastRunText(run: LastRun): string {
  const speed = run.speedup === null ? 'not measured' : formatSpeedup(run.speedup);
  const parts = [`${speed} on ${run.workers}`, formatMs(run.wallMs)];
  if (run.failed > 0) parts.push(`${run.failed.toLocaleString('en')} failed`);
  if (run.interrupted) parts.push(`stopped after ${plural(run.items, 'item')}`);
  return parts.join(' · ');
}
