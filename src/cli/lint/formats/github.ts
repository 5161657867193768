import type { Severity } from '../../../analysis/analyse.ts';
import { shownPath } from '../../../analysis/plain.ts';
import type { Format } from './format.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'notice' };

/** Workflow commands of GitHub Actions, one a line: they become annotations in the changed files. */
export const github: Format = ({ diagnostics, cwd }) =>
  diagnostics
    .map((one) => {
      const place = [
        `file=${property(shownPath(one.file, cwd))}`,
        `line=${one.line},endLine=${one.endLine},col=${one.column},endColumn=${one.endColumn}`,
        `title=${property(one.rule)}`,
      ];
      return `::${COMMANDS[one.severity]} ${place.join(',')}::${data(one.message)}\n`;
    })
    .join('');

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
