/** What the user can do about an error with one click; `user-messages.ts` knows how. */
export type Remedy = 'openNodeSetting' | 'manageTrust' | 'showLogs';

/** An error made for the user: a stable code, what was received, and what to do next. */
export class EditorError extends Error {
  override readonly name = 'EditorError';
  readonly code: string;
  readonly remedies: readonly Remedy[];

  constructor(code: string, message: string, remedies: readonly Remedy[] = []) {
    super(message);
    this.code = code;
    this.remedies = remedies;
  }
}

export const errors = {
  untrusted: () =>
    new EditorError(
      'ERR_MANYCORE_UNTRUSTED',
      'Manycore does not run code of a workspace that is not trusted. Lenses and diagnostics keep working.',
      ['manageTrust'],
    ),
  notLocal: (uri: string) =>
    new EditorError(
      'ERR_MANYCORE_NOT_A_FILE',
      `Manycore runs functions of files on disk; ${uri} is not one. Save it to a folder first.`,
    ),
  noFunction: (file: string) =>
    new EditorError(
      'ERR_MANYCORE_NO_FUNCTION',
      `${file} exports no function that can run in parallel. Export one, such as "export function work(item) { ... }".`,
    ),
  noFile: () =>
    new EditorError(
      'ERR_MANYCORE_NO_FILE',
      'Open a TypeScript or JavaScript file that exports the function to run.',
    ),
  badArgument: (name: string, received: unknown, wanted: string) =>
    new EditorError(
      'ERR_MANYCORE_USAGE',
      `manycore.runInParallel: "${name}" must be ${wanted}, got ${describe(received)}.`,
    ),
  busy: (running: string) =>
    new EditorError(
      'ERR_MANYCORE_BUSY',
      `${running} is still running in this window. Stop it first, or wait for its end.`,
    ),
  node: (message: string) => new EditorError('ERR_MANYCORE_NODE', message, ['openNodeSetting']),
  hostDied: (how: string, lastLines: readonly string[]) =>
    new EditorError(
      'ERR_MANYCORE_JOB_HOST_DIED',
      [`The process that ran the job ${how} before it was done.`, ...lastLines].join('\n'),
      ['showLogs'],
    ),
  hostNotStarted: (node: string, reason: string) =>
    new EditorError('ERR_MANYCORE_JOB_HOST', `${node} could not be started: ${reason}`, [
      'openNodeSetting',
      'showLogs',
    ]),
  protocol: (wanted: number, received: number) =>
    new EditorError(
      'ERR_MANYCORE_PROTOCOL',
      `The job host speaks version ${received}, the editor ${wanted}. Reload the window: an update is half done.`,
    ),
  noRun: () =>
    new EditorError('ERR_MANYCORE_NO_RUN', 'Nothing has run yet. Use "Manycore: Run in Parallel" first.'),
  noRunFile: (file: string) =>
    new EditorError('ERR_MANYCORE_NO_RUN_FILE', `The run has no ${file}. It may have been moved or deleted.`),
  noResult: (index: number) =>
    new EditorError('ERR_MANYCORE_NO_RESULT', `Item ${index} has no result on disk: it did not finish.`),
  resultTooLong: (index: number, limit: string) =>
    new EditorError(
      'ERR_MANYCORE_RESULT_TOO_LONG',
      `The result of item ${index} is longer than ${limit}. Open results.jsonl with a tool made for large files.`,
    ),
} as const;

/** A received value for a message: short, and with its type. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return `${text.length > 80 ? `${text.slice(0, 79)}…` : text} (${value === null ? 'null' : typeof value})`;
}
