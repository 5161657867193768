import type { Diagnostic } from '../../../analysis/analyse.ts';
import type { Format } from './format.ts';
import { shownPath } from './paths.ts';

/** `{ version: 1, diagnostics: [...] }`, with `stats` where they were asked for. */
export const json: Format = ({ diagnostics, cwd, stats, showStats }) => {
  const plain = diagnostics.map((one) => plainDiagnostic(one, cwd));
  return `${JSON.stringify({ version: 1, diagnostics: plain, ...(showStats && { stats }) }, null, 2)}\n`;
};

function plainDiagnostic(diagnostic: Diagnostic, cwd: string): object {
  const { file, line, column, endLine, endColumn, rule, category, severity, message } = diagnostic;
  const { path, chain, related, fixable } = diagnostic;
  return {
    file: shownPath(file, cwd),
    ...{ line, column, endLine, endColumn, rule, category, severity, message },
    ...(path !== undefined && { path }),
    ...(chain && { chain }),
    ...(related && { related: related.map((place) => ({ ...place, file: shownPath(place.file, cwd) })) }),
    fixable,
  };
}
