/** Stacks of errors that come from workers: the worker's frames, then those of the caller. */
import { library } from '../process/stack.ts';

/** Adds the caller's frames to the stack of an error; returns the error. */
export function withCaller(error: unknown, caller: { readonly stack?: string }): unknown {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return error;
  const own = error.stack.split('\n').filter((line) => !isInternal(line));
  const frames = (caller.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !isInternal(line));
  if (own.at(-1) === frames.at(-1) && frames.length > 0) return error;
  try {
    Object.defineProperty(error, 'stack', {
      value: [...own, ...frames].join('\n'),
      writable: true,
      configurable: true,
      enumerable: false,
    });
  } catch {
    // A frozen error keeps the stack that it has.
  }
  return error;
}

/** Frames of the library and of Node tell the user nothing. */
const isInternal = (line: string): boolean =>
  /^\s+at /.test(line) && (line.includes(`${library}/`) || /\(?node:/.test(line));
