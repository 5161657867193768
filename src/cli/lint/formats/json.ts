import { plainDiagnostic } from '../../../analysis/plain.ts';
import type { Format } from './format.ts';

/** `{ version: 1, diagnostics: [...] }`, with `stats` where they were asked for. */
export const json: Format = ({ diagnostics, cwd, stats, showStats }) => {
  const plain = diagnostics.map((one) => plainDiagnostic(one, cwd));
  return `${JSON.stringify({ version: 1, diagnostics: plain, ...(showStats && { stats }) }, null, 2)}\n`;
};
