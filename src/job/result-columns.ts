import { wholeLines } from './file-lines.ts';

/** A row of `results.jsonl`; `value` as `value-text.ts` writes it. */
export interface WrittenRow {
  readonly index: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly ms: number;
  readonly worker: number;
}

/** What all values of a column are; `json` where they are of several kinds, objects or lists. */
export type ColumnKind = 'boolean' | 'integer' | 'number' | 'text' | 'time' | 'json';

/** A column of a table of results. */
export interface ResultColumn {
  /** As it stands in the table. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** The value of a row that succeeded. */
  readonly read: (row: WrittenRow) => unknown;
}

/** Columns that every table has before those of the values. */
export const FIXED_COLUMNS = ['index', 'ok', 'ms', 'worker', 'error'];
/** Columns that values with many different keys get at most; the rest stays in `value`. */
const MAX_COLUMNS = 500;

/**
 * Reads all results once for the columns of their values: one for every key, in the order of their first row, where every
 * value is a plain object; otherwise, or with too many keys, the one column `value`.
 */
export async function findColumns(results: string): Promise<readonly ResultColumn[]> {
  const kinds = new Map<string, ColumnKind | null>();
  let whole: ColumnKind | null = null;
  let split = true;
  for await (const { ok, value } of rowsOf(results)) {
    if (!ok) continue;
    whole = common(whole, kindOf(value));
    split &&= isObject(value);
    if (!split) continue;
    for (const [key, field] of Object.entries(value as object)) {
      kinds.set(key, common(kinds.get(key) ?? null, kindOf(field)));
    }
    split = kinds.size <= MAX_COLUMNS;
  }
  if (!split || kinds.size === 0)
    return [{ name: 'value', kind: whole ?? 'json', read: ({ value }) => value }];
  return [...kinds].map(([key, kind]) => ({
    name: FIXED_COLUMNS.includes(key) ? `value.${key}` : key,
    kind: kind ?? 'json',
    read: ({ ok, value }) => (ok ? (value as Record<string, unknown>)[key] : undefined),
  }));
}

/** The rows in the order in which the items were done. */
export async function* rowsOf(results: string): AsyncGenerator<WrittenRow> {
  for await (const line of wholeLines(results)) yield JSON.parse(line) as WrittenRow;
}

/** `name: message`; nothing for a row that succeeded. */
export function errorText({ error }: WrittenRow): string | undefined {
  return error ? `${error.name}: ${error.message}` : undefined;
}

/** An object with keys of its own: not a list, and none of the tagged values that stand for a Date and the like. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && tagOf(value) === undefined;
}

/** What is null fits every column. */
function kindOf(value: unknown): ColumnKind | null {
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'number':
      return Number.isSafeInteger(value) ? 'integer' : 'number';
    default:
      if (value === null || value === undefined) return null;
  }
  switch (tagOf(value)) {
    case '$undefined':
      return null;
    case '$number':
      return 'number';
    case '$date':
      return 'time';
    default:
      return 'json';
  }
}

function common(before: ColumnKind | null, now: ColumnKind | null): ColumnKind | null {
  if (before === null || now === null || before === now) return before ?? now;
  const numbers = [before, now].every((kind) => kind === 'integer' || kind === 'number');
  return numbers ? 'number' : 'json';
}

/** The only key of a value that JSON does not have: see `value-text.ts`. */
function tagOf(value: object): string | undefined {
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && key?.startsWith('$') ? key : undefined;
}
