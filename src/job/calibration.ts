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

/** Time in ms that a chunk of longer items should take: the worker waits once a chunk for the way to the pool and back. */
const CHUNK_LENGTH = 40;
/** Chunks for every worker at least, so that all end at about the same time. */
const CHUNKS_PER_WORKER = 16;
/** Below this mean in ms the pool adapts chunks faster and sends them ahead. */
const LONG_ITEM = 1;

/** What is known of the items before the run; null for what is not. */
export interface ItemFacts {
  /** Mean time of one in ms. */
  readonly mean: number | null;
  readonly count: number | null;
  readonly workers: number;
}

/** Chunks as the user wants them, as calibrated, or adapted by the pool while it runs; with the reason. */
export function chooseChunk(
  asked: RunConfig['chunk'],
  facts: ItemFacts,
): { size: number | 'auto'; note: string } {
  if (asked !== undefined && asked !== 'auto') {
    return { size: asked, note: `${plural(asked, 'item')} at a time, as asked for` };
  }
  const { mean, count, workers } = facts;
  if (mean === null) return { size: 'auto', note: 'sent in chunks that adapt' };
  const each = `about ${formatMs(mean)} an item`;
  if (mean < LONG_ITEM || count === null) return { size: 'auto', note: `${each}, sent in chunks that adapt` };
  const byBalance = count / (workers * CHUNKS_PER_WORKER);
  const size = Math.max(1, Math.floor(Math.min(CHUNK_LENGTH / mean, byBalance)));
  return { size, note: `${each}, ${size === 1 ? 'one' : size} at a time` };
}
