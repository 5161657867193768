import { cpuCount } from '../../runtime/index.ts';
import type { Message, RunConfig, RunHeader } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatMs } from '../report/format.ts';
import { message } from '../report/l10n.ts';

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
): { size: number | 'auto'; note: Message } {
  if (asked !== undefined && asked !== 'auto') {
    return { size: asked, note: message('{0} at a time, as asked for', itemCount(asked, message)) };
  }
  const note =
    mean === null
      ? message('sent in chunks that adapt')
      : message('about {0} an item, sent in chunks that adapt', formatMs(mean));
  return { size: 'auto', note };
}
