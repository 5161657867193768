/** What calls of the tests give and what they leave in files. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The error that a promise rejects with; undefined when it does not. */
export const errorOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );

/** Everything that an iterator gives, its errors too, in the order in which it gives them. */
export async function outcomesOf<T>(stream: AsyncIterator<T>): Promise<{ values: T[]; errors: unknown[] }> {
  const values: T[] = [];
  const errors: unknown[] = [];
  for (;;)
    try {
      const result = await stream.next();
      if (result.done === true) return { values, errors };
      values.push(result.value);
    } catch (error) {
      errors.push(error);
    }
}

/** A folder for the tests of a suite. `lines` gives the sorted numbers that tasks have appended to a file of it. */
export function notesFolder(): {
  path: (name: string) => string;
  lines: (name: string) => number[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-faults-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    lines(name) {
      if (!existsSync(path(name))) return [];
      const text = readFileSync(path(name), 'utf8').trim();
      return text === ''
        ? []
        : text
            .split('\n')
            .map(Number)
            .sort((a, b) => a - b);
    },
  };
}
