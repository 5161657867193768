import * as l10n from '../report/l10n.ts';

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
      l10n.t(
        'Manycore does not run code of a workspace that is not trusted. Lenses and diagnostics keep working.',
      ),
      ['manageTrust'],
    ),
  notLocal: (uri: string) =>
    new EditorError(
      'ERR_MANYCORE_NOT_A_FILE',
      l10n.t('Manycore runs functions of files on disk; {0} is not one. Save it to a folder first.', uri),
    ),
  notInWorkspace: (file: string) =>
    new EditorError(
      'ERR_MANYCORE_NOT_IN_WORKSPACE',
      l10n.t('{0} is no file of a folder of this workspace.', file),
    ),
  analysisOff: () =>
    new EditorError(
      'ERR_MANYCORE_ANALYSIS',
      l10n.t('The analysis is off by the setting manycore.lint.enabled, or did not start.'),
      ['showLogs'],
    ),
  noFunction: (file: string) =>
    new EditorError(
      'ERR_MANYCORE_NO_FUNCTION',
      l10n.t(
        '{0} exports no function that can run in parallel. Export one, such as "{1}".',
        file,
        'export function work(item) { ... }',
      ),
    ),
  noFile: () =>
    new EditorError(
      'ERR_MANYCORE_NO_FILE',
      l10n.t('Open a TypeScript or JavaScript file that exports the function to run.'),
    ),
  badArgument: (name: string, received: unknown, wanted: string) =>
    new EditorError(
      'ERR_MANYCORE_USAGE',
      l10n.t('The argument "{0}" must be {1}, got {2}.', name, wanted, describe(received)),
    ),
  badRunArgument: (command: string, name: string, received: unknown) =>
    new EditorError(
      'ERR_MANYCORE_USAGE',
      l10n.t(
        '{0}: "{1}" does not fit, got {2}. Give {3}.',
        command,
        name,
        describe(received),
        '{ "runDir": "folder of a run" }',
      ),
    ),
  busy: (running: string) =>
    new EditorError(
      'ERR_MANYCORE_BUSY',
      l10n.t('{0} is still running in this window. Stop it first, or wait for its end.', running),
    ),
  node: (message: string) => new EditorError('ERR_MANYCORE_NODE', message, ['openNodeSetting']),
  hostDied: (how: string, lastLines: readonly string[]) =>
    new EditorError(
      'ERR_MANYCORE_JOB_HOST_DIED',
      [l10n.t('The process that ran the job {0} before it was done.', how), ...lastLines].join('\n'),
      ['showLogs'],
    ),
  hostNotStarted: (node: string, reason: string) =>
    new EditorError('ERR_MANYCORE_JOB_HOST', l10n.t('{0} could not be started: {1}', node, reason), [
      'openNodeSetting',
      'showLogs',
    ]),
  protocol: (wanted: number, received: number) =>
    new EditorError(
      'ERR_MANYCORE_PROTOCOL',
      l10n.t(
        'The job host speaks version {0}, the editor {1}. Reload the window: an update is half done.',
        received,
        wanted,
      ),
    ),
  noRun: () =>
    new EditorError(
      'ERR_MANYCORE_NO_RUN',
      l10n.t('Nothing has run yet. Use "Manycore: Run in Parallel" first.'),
    ),
  noRunFile: (file: string) =>
    new EditorError(
      'ERR_MANYCORE_NO_RUN_FILE',
      l10n.t('The run has no {0}. It may have been moved or deleted.', file),
    ),
  notEnded: (runDir: string) =>
    new EditorError(
      'ERR_MANYCORE_RUN_NOT_ENDED',
      l10n.t(
        'The run in {0} did not come to its end: there are no measurements to compare. Resume it first.',
        runDir,
      ),
    ),
  noOtherRun: () =>
    new EditorError(
      'ERR_MANYCORE_NO_OTHER_RUN',
      l10n.t('There is no other run to compare with. Run the function again first.'),
    ),
  noStoredRun: (runDir: string, reason: string) =>
    new EditorError(
      'ERR_MANYCORE_NO_STORED_RUN',
      l10n.t('{0} cannot be shown as a run: {1}.', runDir, reason),
    ),
  runIsRunning: (runDir: string, holder: string) =>
    new EditorError(
      'ERR_MANYCORE_RUN_IS_RUNNING',
      l10n.t('The run in {0} is still worked on by {1}. Wait for its end or stop it first.', runDir, holder),
    ),
  noStoredConfig: (runDir: string) =>
    new EditorError(
      'ERR_MANYCORE_NO_STORED_CONFIG',
      l10n.t(
        'The run in {0} does not say what was run: it is of an older version. Run the function anew.',
        runDir,
      ),
    ),
  inputGone: (runDir: string) =>
    new EditorError(
      'ERR_MANYCORE_INPUT_GONE',
      l10n.t(
        'The run in {0} read its items from standard input, which cannot be read again. Run it from the command line.',
        runDir,
      ),
    ),
  cwdGone: (cwd: string) =>
    new EditorError(
      'ERR_MANYCORE_CWD_GONE',
      l10n.t(
        'The run was started in {0}, which does not exist any more. Run the function anew from where it is now.',
        cwd,
      ),
    ),
  cannotWrite: (file: string, reason: string) =>
    new EditorError('ERR_MANYCORE_EXPORT', l10n.t('{0} could not be written: {1}', file, reason)),
  noJobs: () =>
    new EditorError(
      'ERR_MANYCORE_JOB',
      l10n.t(
        'There are no jobs in .vscode/manycore.json. Run a function, then use "Manycore: Save Run as Job...".',
      ),
    ),
  noJob: (name: string, known: readonly string[]) =>
    new EditorError(
      'ERR_MANYCORE_JOB',
      l10n.t('There is no job "{0}". Known jobs: {1}.', name, known.join(', ')),
    ),
  badJobFile: (problem: string) =>
    new EditorError('ERR_MANYCORE_JOB', l10n.t('.vscode/manycore.json has a mistake: {0}.', problem)),
  noJobFolder: (name: string) =>
    new EditorError(
      'ERR_MANYCORE_JOB',
      l10n.t('{0} is in no folder of the workspace, so there is no .vscode folder for the job.', name),
    ),
  jobNotSaved: () =>
    new EditorError(
      'ERR_MANYCORE_JOB',
      l10n.t('.vscode/manycore.json could not be saved. The job is in its editor: save it there.'),
    ),
  jobFromInput: (name: string) =>
    new EditorError(
      'ERR_MANYCORE_JOB',
      l10n.t(
        'The job "{0}" takes its items from standard input, which exists on the command line only.',
        name,
      ),
    ),
  badTask: (problem: string) =>
    new EditorError('ERR_MANYCORE_JOB', l10n.t('{0}. Correct it in tasks.json.', problem)),
  noProfile: () =>
    new EditorError(
      'ERR_MANYCORE_NO_PROFILE',
      l10n.t('No worker wrote a CPU profile: each was ended before it could. The log of the run says why.'),
      ['showLogs'],
    ),
  noResult: (index: number) =>
    new EditorError(
      'ERR_MANYCORE_NO_RESULT',
      l10n.t('Item {0} has no result on disk: it did not finish.', index),
    ),
  resultTooLong: (index: number, limit: string) =>
    new EditorError(
      'ERR_MANYCORE_RESULT_TOO_LONG',
      l10n.t(
        'The result of item {0} is longer than {1}. Open results.jsonl with a tool made for large files.',
        index,
        limit,
      ),
    ),
} as const;

/** A received value for a message: short, and with its type. */
function describe(value: unknown): string {
  if (value === undefined) return l10n.t('nothing');
  const text = JSON.stringify(value) ?? String(value);
  return `${text.length > 80 ? `${text.slice(0, 79)}…` : text} (${value === null ? 'null' : typeof value})`;
}
