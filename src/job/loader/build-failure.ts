import { resolve } from 'node:path';
import type * as Esbuild from 'esbuild';
import { JobError } from '../errors.ts';

/** The first error of an esbuild pass, with its place in the user's file; what is none, as it is. */
export function toJobError(error: unknown, entry: string, linesInFront: 0 | 1): unknown {
  const messages = (error as Partial<Esbuild.BuildFailure>).errors;
  const [first] = messages ?? [];
  if (messages === undefined || first === undefined) return error;
  const { location, text } = first;
  const at =
    location === null
      ? undefined
      : {
          file: resolve(location.file),
          line: Math.max(1, location.line - linesInFront),
          column: location.column + 1,
        };
  const place = at === undefined ? entry : `${at.file}:${at.line}:${at.column}`;
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  const line = location?.lineText.trim();
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  return new JobError('ERR_MANYCORE_LOAD', `${place}: ${text}${more}${line ? `\n  ${line}` : ''}`, {
    hint:
      missing === undefined
        ? 'Correct the file and run again.'
        : /^[./#]/.test(missing)
          ? 'Check the path, or the "paths" of the tsconfig.'
          : `Install it where the file lies (npm install ${missing}), or correct the name.`,
    at,
    cause: error,
  });
}
