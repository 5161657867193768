import { cpuCount } from '../../runtime/index.ts';
import type { RunConfig, RunHeader } from '../protocol/run.ts';

/** Time in ms that a chunk should take: long against a message to a worker, short against a person's patience. */
const CHUNK_LENGTH = 20;
/** Chunks for every worker at least, so that they end at about the same time. */
const CHUNKS_PER_WORKER = 16;
/** Items in a chunk at most, whatever their length. */
const MAX_CHUNK = 4096;
/** Characters of a chunk's items at most. */
const MAX_CHUNK_CHARACTERS = 1024 * 1024;

/** How many workers, and why. Never more than there are items. */
export function chooseWorkers(config: RunConfig, items: number | null): RunHeader['workers'] {
  const asked = config.workers ?? cpuCount();
  const reason = config.workers === undefined ? cpuReason(asked) : `as asked for with --workers ${asked}`;
  if (items === null || items >= asked) return { count: asked, reason };
  const only = items === 1 ? 'there is only 1 item' : `there are only ${items} items`;
  return { count: items, reason: `${only} (${reason} it would be ${asked})` };
}

function cpuReason(count: number): string {
  return count === 1
    ? 'this process may use 1 CPU'
    : `this process may use ${count} CPUs, one worker for each`;
}

/** What is known of the items before the run. */
export interface ItemFacts {
  /** Mean time of one in ms; null when it was not measured. */
  readonly ms: number | null;
  /** Mean length as text. */
  readonly characters: number;
  /** Null when it is not known. */
  readonly count: number | null;
  readonly workers: number;
}

/** How many items go to a worker at a time; 'auto' leaves it to the pool, which adapts while it runs. */
export function chooseChunk(asked: RunConfig['chunk'], facts: ItemFacts): number | 'auto' {
  if (asked !== undefined && asked !== 'auto') return asked;
  if (facts.ms === null) return 'auto';
  const byTime = CHUNK_LENGTH / Math.max(facts.ms, 1e-6);
  const bySize = MAX_CHUNK_CHARACTERS / Math.max(facts.characters, 1);
  const byBalance = (facts.count ?? Number.POSITIVE_INFINITY) / (facts.workers * CHUNKS_PER_WORKER);
  return Math.max(1, Math.floor(Math.min(byTime, bySize, byBalance, MAX_CHUNK)));
}
