import type { ResultRow } from '../protocol/run.ts';

export const SORT_KEYS = ['index', 'input', 'value', 'ms', 'worker'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Which rows, in which order. */
export interface ResultOrder {
  readonly failedOnly: boolean;
  readonly by: SortKey;
  readonly descending: boolean;
}

/** All rows by index. */
export const ALL_IN_ORDER: ResultOrder = { failedOnly: false, by: 'index', descending: false };
/** What the button "Slowest first" stands for. */
export const SLOWEST_FIRST = { by: 'ms', descending: true } as const;

/** The rows that are wanted in their order; equal ones by index. By value, an error counts as its text. */
export function orderRows(rows: readonly ResultRow[], order: ResultOrder): readonly ResultRow[] {
  const chosen = order.failedOnly ? rows.filter((row) => !row.ok) : rows;
  const direction = order.descending ? -1 : 1;
  return chosen.toSorted((a, b) => direction * compare(a, b, order.by) || a.index - b.index);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: ResultRow, b: ResultRow, by: SortKey): number {
  if (by === 'input') return collator.compare(a.input, b.input);
  if (by === 'value') return collator.compare(outcomeOf(a), outcomeOf(b));
  return a[by] - b[by];
}

function outcomeOf({ ok, value, error }: ResultRow): string {
  return ok ? value : `${error?.name}: ${error?.message}`;
}
