/** What the system has for waiting between processes, bound at its first use. */
import { system } from '../native/current.ts';
import type { Waiting } from '../native/system.ts';

let native: Waiting | undefined;

/** @throws {SharedMemoryUnavailableError} where there is nothing. */
export function waiting(): Waiting {
  native ??= system.waiting();
  return native;
}

/** Sleeps while the word is `expected`, at most `ms`. Wakes for no reason too. */
export const futexWait = (word: Int32Array, expected: number, ms: number): void =>
  waiting().sleep(word, expected, ms);

/** Wakes at most `count` of those who sleep on the word. */
export const futexWake = (word: Int32Array, count: number): void => waiting().wake(word, count);
