import type { ErrorRecord } from './error-text.ts';
import { JobError } from './errors.ts';

/** The user's module threw while it was imported. */
export function importFailure(file: string, thrown: ErrorRecord): JobError {
  const { name, message, at, stack } = thrown;
  return new JobError('ERR_MANYCORE_IMPORT', `${file} cannot be imported: ${name}: ${message}`, {
    hint: 'Correct the error: the module is imported in every worker before the first item.',
    at: at ?? placeInSource(stack),
    cause: thrown,
  });
}

/** A syntax error has no frame in the user's file, but `file:///path:12` as the first line of its stack. */
function placeInSource(stack: string | undefined): JobError['at'] {
  const match = /^(?:file:\/\/)?(\/.+|[A-Za-z]:[\\/].+):(\d+)$/m.exec(stack?.split('\n')[0] ?? '');
  return match ? { file: match[1] ?? '', line: Number(match[2]), column: 1 } : undefined;
}
