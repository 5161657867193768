/**
 * Every id that the extension contributes, with the type of each setting: the one source for the code.
 * A test holds it equal to `package.json`.
 */

export const Command = {
  runInParallel: 'manycore.runInParallel',
  debugOneItem: 'manycore.debugOneItem',
  debugWithWorkers: 'manycore.debugWithWorkers',
  profileRun: 'manycore.profileRun',
  runAgain: 'manycore.runAgain',
  stop: 'manycore.stop',
  runJob: 'manycore.runJob',
  saveJob: 'manycore.saveJob',
  showPanel: 'manycore.showPanel',
  openReport: 'manycore.openReport',
  openRunFolder: 'manycore.openRunFolder',
  openRun: 'manycore.openRun',
  compareRuns: 'manycore.compareRuns',
  compareSelectedRuns: 'manycore.compareSelectedRuns',
  resumeRun: 'manycore.resumeRun',
  runFailedAgain: 'manycore.runFailedAgain',
  verifyRun: 'manycore.verifyRun',
  exportReport: 'manycore.exportReport',
  exportTrace: 'manycore.exportTrace',
  deleteRun: 'manycore.deleteRun',
  refreshRuns: 'manycore.refreshRuns',
  showMoreRuns: 'manycore.showMoreRuns',
  showLogs: 'manycore.showLogs',
  restartAnalysisServer: 'manycore.restartAnalysisServer',
  copyDebugInformation: 'manycore.copyDebugInformation',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** Settings with the value that each has when nobody sets it. */
export const settingDefaults = {
  /** Worker processes; 0 = one for every CPU that the job host may use. */
  'manycore.workers': 0,
  /** Path of the Node that runs the user's code; empty = found by itself. */
  'manycore.node.path': '',
  'manycore.run.baseline': 'sample' as 'sample' | 'full' | 'off',
  'manycore.run.sweep': false as boolean,
  'manycore.run.loader': 'auto' as 'auto' | 'native' | 'bundle',
  'manycore.lens.run.enabled': true as boolean,
  'manycore.lens.debug.enabled': true as boolean,
  'manycore.lens.lastResult.enabled': true as boolean,
  'manycore.lint.enabled': true as boolean,
  /** Rules by name, as something else than they say themselves. */
  'manycore.lint.rules': {} as Readonly<Record<string, 'off' | 'hint' | 'warning' | 'error'>>,
  'manycore.lint.openFilesOnly': false as boolean,
};
export type Settings = typeof settingDefaults;
export type SettingName = keyof Settings;

/** Settings that name something to execute: a workspace that is not trusted cannot set them. */
export const restrictedSettings: readonly SettingName[] = ['manycore.node.path'];

export const ContextKey = {
  /** A run is under way in this window. */
  running: 'manycore.running',
  /** The panel shows a run, which can be repeated. */
  hasRun: 'manycore.hasRun',
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

/** The panel has the run that is shown, a container in the activity bar the list of those on disk. */
export const View = {
  container: 'manycore',
  run: 'manycore.run',
  historyContainer: 'manycore-history',
  runs: 'manycore.runs',
} as const;

/** Language ids in whose files functions are looked for. */
export const languages = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const;
