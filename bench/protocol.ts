/**
 * Between the harness and the process of one repeat, in Node (`repeat.ts`) and in Python (`python/repeat.py`): the harness
 * writes one `RepeatRequest` as JSON to stdin and ends it; the repeat writes one `RepeatAnswer` as the last line of stdout.
 * Whatever else a system prints comes before it. Times are ms unless the name says otherwise.
 */

/** What a worker does with one item: the exports of `workers/tasks.ts`, and the same in Python. */
export type TaskName = 'noop' | 'spin' | 'echo' | 'takeArray' | 'makeArray' | 'spinOrDie';

/** What the items are. Both languages make the same ones. */
export type ItemKind = 'integers' | 'iterations' | 'objects' | 'arrays';

/** How a repeat measures. */
export type MeasureName =
  | ('map' | 'ideal' | 'cold-start' | 'round-trip' | 'stream' | 'shutdown' | 'kill')
  | ('queue' | 'pipe' | 'lock' | 'contended' | 'array');

export interface RepeatRequest {
  readonly measure: MeasureName;
  /** Name of the system, see `systems/registry.ts`. */
  readonly system: string;
  readonly workers: number;
  readonly task: TaskName;
  readonly items: ItemKind;
  /** Items of the full workload. */
  readonly count: number;
  /** Iterations of the fixed loop for each item, repeated when shorter than `count`; for `iterations` only. */
  readonly iterations: readonly number[];
  /** A system whose pilot foretells more than this runs fewer items, and its time is scaled up. */
  readonly budget: number;
}

export interface Reading {
  /** The workload's figure, for all `count` items. */
  readonly value: number;
  /** Items that were really run; below `count`, `value` is scaled up from them. */
  readonly ran: number;
  /** Further figures by name, for the JSON and the notes. */
  readonly extra: Readonly<Record<string, number>>;
  /** What happened, in words, where a number does not tell it. */
  readonly note?: string;
}

export type RepeatAnswer = { readonly reading: Reading } | { readonly error: string };
