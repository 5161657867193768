import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunConfig } from '../../protocol/run.ts';
import { RUN_FILES } from '../../protocol/run-folder.ts';
import { plural } from '../../report/format.ts';
import type { RunInParallel } from '../commands/run-in-parallel.ts';
import { errors } from '../errors.ts';
import type { PanelHost } from '../panel-host/panel-host.ts';
import { openRunFile } from '../panel-host/run-files.ts';
import type { RunOutcome } from '../runs/job-process.ts';
import type { Runs } from '../runs/runs.ts';
import { chooseRun, chooseRunAnywhere } from './choose-run.ts';
import { showComparison } from './comparison.ts';
import { nameOf, type PastRun, readPastRun } from './past-run.ts';
import { type RunArgument, toRunArgument } from './run-argument.ts';
import type { RunsTree } from './runs-tree.ts';
import { readStoredRun, type StoredRun } from './stored-run.ts';

export interface RunActionsOptions {
  readonly runs: Runs;
  readonly tree: RunsTree;
  readonly panel: PanelHost;
  readonly command: RunInParallel;
}

/**
 * What can be done with a run that is on disk. Each takes the run that it is given, else the one that the panel shows, or
 * asks for one. @throws {EditorError} where it cannot be done
 */
export class RunActions {
  readonly #options: RunActionsOptions;

  constructor(options: RunActionsOptions) {
    this.#options = options;
  }

  /** Shows a run in the panel, from disk: one that is listed, or of any other folder. */
  async open(value: unknown): Promise<void> {
    const { panel, runs } = this.#options;
    const runDir =
      toRunArgument('openRun', value)?.runDir ??
      (await chooseRunAnywhere(this.#options.tree, vscode.l10n.t('Open a run')));
    if (runDir === undefined) return;
    // The newest run of this window is known better than any folder tells.
    const { header, summary } = runs.model;
    if ((summary?.runDir ?? header?.runDir) === runDir) panel.showNewest();
    else await panel.open(await readStoredRun(runDir));
    await panel.show();
  }

  async again(value: unknown): Promise<RunOutcome | undefined> {
    const { command, panel } = this.#options;
    const argument = toRunArgument('runAgain', value);
    const config = argument === undefined ? panel.config : await this.#config(argument);
    if (config === null) throw errors.noRun();
    // A run that was resumed is begun anew; one of failed items is one of those again.
    return command.start({ ...plain(config), onlyFailed: config.onlyFailed });
  }

  /** Goes on with a run that was stopped or broke off. */
  async resume(value: unknown): Promise<RunOutcome | undefined> {
    const argument = toRunArgument('resumeRun', value) ?? this.#shown();
    const config = await this.#config(argument);
    return this.#options.command.start({ ...plain(config), resume: argument.runDir });
  }

  async failedAgain(value: unknown): Promise<RunOutcome | undefined> {
    const argument = toRunArgument('runFailedAgain', value) ?? this.#shown();
    const config = await this.#config(argument);
    return this.#options.command.start({ ...plain(config), onlyFailed: argument.runDir });
  }

  /** Compares the results of a run with those of one process; the panel shows it meanwhile. */
  async verify(value: unknown): Promise<RunOutcome | undefined> {
    const { panel, command } = this.#options;
    const argument = toRunArgument('verifyRun', value) ?? this.#shown();
    const { runDir, items: verify = 'all' } = argument;
    const shown = panel.model.summary?.runDir === runDir ? panel.model : (await readStoredRun(runDir)).model;
    const config = await this.#config(argument);
    return command.start({ ...plain(config), verifyRun: runDir, verify }, shown);
  }

  /** Two runs beside each other: those that are selected, or one and another that is asked for. */
  async compare(value: unknown, selected?: unknown): Promise<void> {
    const rows = Array.isArray(selected) ? selected : this.#options.tree.selected;
    const given = toRunArgument('compareRuns', value) ?? rows[0];
    const first = given?.runDir ?? (await this.#choose(vscode.l10n.t('Compare which run?')));
    if (first === undefined) return;
    const other = rows.find((row: RunArgument) => row.runDir !== first)?.runDir as string | undefined;
    const second = given?.with ?? other ?? (await this.#choose(vscode.l10n.t('Compare with'), first));
    if (second === undefined) return;
    await showComparison(first, second, given?.with === undefined ? 'older-first' : 'as-given');
  }

  async openReport(value: unknown): Promise<void> {
    await openRunFile(this.#named('openReport', value), 'report');
  }

  async openFolder(value: unknown): Promise<void> {
    await openRunFile(this.#named('openRunFolder', value), 'folder');
  }

  /** Copies the report, which is one HTML file that needs nothing else. */
  async exportReport(value: unknown): Promise<void> {
    const kind = { file: RUN_FILES.report, suffix: 'report.html', filters: { 'HTML page': ['html'] } };
    await this.#export(toRunArgument('exportReport', value) ?? this.#shown(), kind);
  }

  /** Copies the timeline in the Trace Event Format. */
  async exportTrace(value: unknown): Promise<void> {
    const kind = {
      file: RUN_FILES.trace,
      suffix: 'trace.json',
      filters: { 'Chrome or Perfetto trace': ['json'] },
    };
    await this.#export(toRunArgument('exportTrace', value) ?? this.#shown(), kind);
  }

  /** Deletes runs after a question, to the trash where there is one. One that is running is never deleted. */
  async delete(value: unknown, selected?: unknown): Promise<void> {
    const argument = toRunArgument('deleteRun', value);
    const rows = Array.isArray(selected) && selected.length > 0 ? selected : undefined;
    const chosen: readonly RunArgument[] = rows ?? (argument ? [argument] : this.#options.tree.selected);
    const folders = chosen.map(({ runDir }) => runDir).filter((runDir) => typeof runDir === 'string');
    if (folders.length === 0) {
      const runDir = await this.#choose(vscode.l10n.t('Delete a run'));
      if (runDir !== undefined) folders.push(runDir);
    }
    const runs = await Promise.all(folders.map(readPastRun));
    const running = runs.find(({ kind }) => kind === 'running');
    if (running !== undefined) throw errors.runIsRunning(running.path, running.note ?? 'another process');
    if (runs.length === 0) return;
    const useTrash = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
    if (argument?.confirmed !== true && !(await mayDelete(runs, useTrash))) return;
    for (const { path: folder } of runs) {
      await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash });
      if (this.#options.panel.storedDir === folder) this.#options.panel.showNewest();
    }
    this.#options.tree.refresh();
  }

  /** @throws {EditorError} before there is one */
  #shown(): RunArgument {
    return { runDir: this.#options.panel.runDir };
  }

  #named(command: string, value: unknown): string {
    return toRunArgument(command, value)?.runDir ?? this.#options.panel.runDir;
  }

  /** What was asked for in a run: as this window knows it, or its journal. */
  async #config({ runDir }: RunArgument): Promise<RunConfig> {
    const { panel, runs } = this.#options;
    const { header, failure, summary } = runs.model;
    const own = summary?.runDir ?? header?.runDir ?? failure?.runDir;
    if (own === runDir && runs.lastConfig !== null) return runs.lastConfig;
    const stored: StoredRun | null = panel.storedDir === runDir ? null : await readStoredRun(runDir);
    const config = stored === null ? panel.config : stored.config;
    if (config === null) throw errors.noStoredConfig(runDir);
    if (config.data === '-') throw errors.inputGone(runDir);
    return config;
  }

  #choose(placeholder: string, except?: string): Promise<string | undefined> {
    return chooseRun(this.#options.tree, placeholder, except);
  }

  async #export(
    { runDir, to }: RunArgument,
    { file, suffix, filters }: { file: string; suffix: string; filters: Record<string, string[]> },
  ): Promise<void> {
    const from = path.join(runDir, file);
    if (!existsSync(from)) throw errors.noRunFile(from);
    const name = nameOf(await readPastRun(runDir)) ?? path.basename(runDir);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(path.dirname(runDir));
    const defaultUri = vscode.Uri.joinPath(folder, `${name.replace(/[^\w.-]+/g, '_')}-${suffix}`);
    const target =
      to === undefined ? (await vscode.window.showSaveDialog({ defaultUri, filters }))?.fsPath : to;
    if (target === undefined) return;
    await copyFile(from, target).catch((error: Error) => {
      throw errors.cannotWrite(target, error.message);
    });
    if (to !== undefined) return;
    vscode.window.setStatusBarMessage(vscode.l10n.t('Manycore: {0} written', path.basename(target)), 4_000);
  }
}

/** What is fixed about a run's items, without what belonged to that one run. */
function plain(config: RunConfig): RunConfig {
  return {
    ...config,
    runDir: undefined,
    resume: undefined,
    onlyFailed: undefined,
    verifyRun: undefined,
    force: undefined,
  };
}

async function mayDelete(runs: readonly PastRun[], useTrash: boolean): Promise<boolean> {
  const [only, ...others] = runs;
  const what =
    only !== undefined && others.length === 0
      ? `the run of ${nameOf(only) ?? path.basename(only.path)}`
      : plural(runs.length, 'run');
  const verb = useTrash ? 'delete' : 'permanently delete';
  const detail = useTrash
    ? 'You can restore it from the trash.'
    : 'Its results, report and logs are gone then. This cannot be undone.';
  const action = useTrash ? 'Move to Trash' : 'Delete';
  const answer = await vscode.window.showWarningMessage(
    `Are you sure you want to ${verb} ${what}?`,
    { modal: true, detail },
    action,
  );
  return answer === action;
}
