import path from 'node:path';
import type { Diagnostic } from './diagnostic.ts';

/** A diagnostic as `manycore lint --format json` prints it, with paths relative to `cwd`. */
export type PlainDiagnostic = Omit<Diagnostic, 'fixes'>;

/** A file relative to the working directory, with `/` on every system. */
export const shownPath = (file: string, cwd: string): string =>
  path.relative(cwd, file).split(path.sep).join('/') || '.';

export function plainDiagnostic(diagnostic: Diagnostic, cwd: string): PlainDiagnostic {
  const { file, line, column, endLine, endColumn, rule, category, severity, message } = diagnostic;
  const { path: valuePath, chain, related, fixable } = diagnostic;
  return {
    file: shownPath(file, cwd),
    ...{ line, column, endLine, endColumn, rule, category, severity, message },
    ...(valuePath !== undefined && { path: valuePath }),
    ...(chain && { chain }),
    ...(related && { related: related.map((place) => ({ ...place, file: shownPath(place.file, cwd) })) }),
    fixable,
  };
}
