/**
 * Between the job host and its workers, inside of the pool's own frames: one item and its outcome, each as one string,
 * because the pool moves a string several times as fast as an object.
 *
 *   item      INDEX \t ITEM-TEXT                       or, for an item that JSON cannot hold, the pair [index, item]
 *   not run   INDEX                                    the run was told to stop before the item began
 *   outcome   INDEX \t OK \t KEY \t BEGIN \t MS \t ENCODE-MS \t PID \t TEXT
 *
 * The texts are JSON, in which a tab is always escaped. BEGIN is in ms since the epoch, OK is 1 or 0.
 */
import { losslessText, valueText } from './value-text.ts';

export type TaskItem = string | readonly [index: number, item: unknown];

/** Outcome of one item. */
export interface TaskRecord {
  readonly index: number;
  readonly ok: boolean;
  /** Journal key of the item. */
  readonly key: string;
  /** JSON text of the value, or of the `ErrorRecord`. */
  readonly text: string;
  /** ms since the epoch, with fractions. */
  readonly begin: number;
  /** ms in the user's function. */
  readonly ms: number;
  /** ms for turning item and value into text and back. */
  readonly encodeMs: number;
  readonly pid: number;
}

export function packItem(index: number, item: unknown): TaskItem {
  const text = losslessText(item);
  return text === undefined ? [index, item] : `${index}\t${text}`;
}

/** The item, and its text as `valueText` writes it. */
export function unpackItem(task: TaskItem): { index: number; item: unknown; text: string } {
  if (typeof task !== 'string') return { index: task[0], item: task[1], text: valueText(task[1]) };
  const tab = task.indexOf('\t');
  const text = task.slice(tab + 1);
  return { index: Number(task.slice(0, tab)), item: JSON.parse(text), text };
}

/** The answer for an item that did not begin. */
export function packNotRun(task: TaskItem): string {
  return typeof task === 'string' ? task.slice(0, task.indexOf('\t')) : String(task[0]);
}

/** Index of an item that did not begin; undefined for an outcome. */
export function notRunIndex(packed: string): number | undefined {
  return packed.includes('\t') ? undefined : Number(packed);
}

export function packRecord(record: TaskRecord): string {
  const { index, ok, key, text, begin, ms, encodeMs, pid } = record;
  const head = `${index}\t${ok ? 1 : 0}\t${key}\t${toMicroseconds(begin)}`;
  return `${head}\t${toMicroseconds(ms)}\t${toMicroseconds(encodeMs)}\t${pid}\t${text}`;
}

export function unpackRecord(packed: string): TaskRecord {
  let at = 0;
  const next = (): string => {
    const tab = packed.indexOf('\t', at);
    const field = packed.slice(at, tab);
    at = tab + 1;
    return field;
  };
  return {
    index: Number(next()),
    ok: next() === '1',
    key: next(),
    begin: Number(next()),
    ms: Number(next()),
    encodeMs: Number(next()),
    pid: Number(next()),
    text: packed.slice(at),
  };
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
