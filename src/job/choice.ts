import type { FinishedItems } from './finished-items.ts';

/** Which items of a dataset a run takes. The pool counts only those: its positions are not the items' indices. */
export interface Choice {
  takes(index: number): boolean;
  /** No item behind this index is taken. */
  readonly last: number;
  /** Index of the item that the pool got as its `position`th, from 0. */
  indexAt(position: number): number;
  /** How many of `total` items are taken; null where that is not known. */
  countOf(total: number | null): number | null;
}

export const ALL_ITEMS: Choice = {
  takes: () => true,
  last: Number.POSITIVE_INFINITY,
  indexAt: (position) => position,
  countOf: (total) => total,
};

/** What a run that goes on has not done yet. */
export function unfinished(finished: FinishedItems): Choice {
  return {
    takes: (index) => !finished.has(index),
    last: Number.POSITIVE_INFINITY,
    indexAt: (position) => finished.unfinishedAt(position),
    countOf: (total) => (total === null ? null : Math.max(0, total - finished.count)),
  };
}

/** What failed in another run. */
export function failedOnly(finished: FinishedItems): Choice {
  const failed = Float64Array.from(finished.failedItems());
  return {
    takes: (index) => finished.hasFailed(index),
    last: failed.at(-1) ?? -1,
    indexAt: (position) => failed[position] ?? position,
    countOf: () => failed.length,
  };
}
