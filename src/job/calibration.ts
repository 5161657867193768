import { cpuCount } from '../../runtime/index.ts';
import type { RunConfig, RunHeader } from '../protocol/run.ts';
import { formatMs, plural } from '../report/format.ts';

/** How many workers, and why. Never more than there are items. */
export function chooseWorkers(config: RunConfig, items: number | null): RunHeader['workers'] {
  const asked = config.workers ?? cpuCount();
  const reason = config.workers === undefined ? cpuReason(asked) : `as asked for with --workers ${asked}`;
  if (items === null || items >= asked) return { count: asked, reason };
  const only = items === 1 ? 'there is only 1 item' : `there are only ${items} items`;
  return { count: items, reason: `${only}; otherwise ${asked}: ${reason}` };
}

function cpuReason(count: number): string {
  return count === 1
    ? 'this process may use 1 CPU'
    : `this process may use ${count} CPUs, one worker for each`;
}

/** Chunks as the user wants them, or adapted by the pool while it runs; with the reason. `mean` is the time of an item in ms. */
export function chooseChunk(
  asked: RunConfig['chunk'],
  mean: number | null,
): { size: number | 'auto'; note: string } {
  if (asked !== undefined && asked !== 'auto') {
    return { size: asked, note: `${plural(asked, 'item')} at a time, as asked for` };
  }
  const each = mean === null ? '' : `about ${formatMs(mean)} an item, `;
  return { size: 'auto', note: `${each}sent in chunks that adapt` };
}
