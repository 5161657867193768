import type { ResultRow } from '../protocol/run.ts';

export type ResultFilter = 'all' | 'failed' | 'slowest';

/** The rows of a filter in its order: all and failed ones by index, the slowest with the slowest first. */
export function orderRows(rows: readonly ResultRow[], filter: ResultFilter): readonly ResultRow[] {
  if (filter === 'slowest') return rows.toSorted((a, b) => b.ms - a.ms || a.index - b.index);
  const chosen = filter === 'failed' ? rows.filter((row) => !row.ok) : rows;
  return chosen.toSorted((a, b) => a.index - b.index);
}
