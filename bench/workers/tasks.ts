/** What workers do with one item, the same for every system of Node. */
import { isMainThread } from 'node:worker_threads';

/** Doubles in an array of 1 MiB. */
export const ARRAY_LENGTH = 131_072;

/** Gives back its argument. */
export const noop = (value: number): number => value;

/** Keeps a CPU busy for `iterations` of a fixed loop: the amount of work is given, not the time. */
export function spin(iterations: number): number {
  let x = iterations | 0;
  for (let i = 0; i < iterations; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}

/** Gives back the object, so that it crosses twice. */
export const echo = (value: unknown): unknown => value;

/** Takes an array and gives a number that shows that its two ends arrived. */
export const takeArray = (array: Float64Array): number =>
  array.length + (array[0] ?? Number.NaN) + (array[array.length - 1] ?? Number.NaN);

/** Takes a number and gives an array of it. */
export const makeArray = (value: number): Float64Array => new Float64Array(ARRAY_LENGTH).fill(value);

/** `spin`, but a negative number ends the worker: its process by SIGKILL, or its thread where it is one. */
export function spinOrDie(iterations: number): number {
  if (iterations >= 0) return spin(iterations);
  if (!isMainThread) process.exit(9);
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered on the way back from the call; nothing below runs.
  return 0;
}

/** A chunk of items in one message: what people write by hand around a pool whose API takes one item at a time. */
export function chunk({
  task,
  items,
}: {
  readonly task: string;
  readonly items: readonly never[];
}): unknown[] {
  const run: (item: never) => unknown = tasks[task as keyof typeof tasks];
  return items.map(run);
}

export const tasks = { noop, spin, echo, takeArray, makeArray, spinOrDie };
