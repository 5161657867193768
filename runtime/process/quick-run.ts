/** Items that take next to no time: what is done for each here is nearly all that each costs. */
import type { ChildChannel } from '../transport/child-channel.ts';
import type { BatchReader } from '../values/batch.ts';
import type { ChunkReport } from './chunk-report.ts';
import type { AnyFunction, ItemHooks } from './item-hooks.ts';

/** Items between two looks at the clock. */
const SEGMENT = 256;

/** What `runQuick` gives when it has run all that it may. */
export const NOTHING: unique symbol = Symbol('nothing');

/**
 * Runs numbers through `fn` for as long as numbers come out; returns the first result that is none, which is not reported yet.
 * What `fn` throws comes through: the item is the last one that was read.
 */
export function runQuick(
  values: BatchReader,
  fn: AnyFunction,
  channel: ChildChannel,
  report: ChunkReport,
  hooks: ItemHooks,
): unknown {
  const first = values.position;
  const end = first + Math.min(report.quickItems, SEGMENT);
  const began = performance.now();
  let position = first;
  try {
    for (; position < end; position++) {
      hooks.begins(position);
      const result = fn(values.next());
      if (typeof result !== 'number') return result;
      channel.number(result);
    }
    return NOTHING;
  } finally {
    report.quick(position - first, performance.now() - began);
  }
}
