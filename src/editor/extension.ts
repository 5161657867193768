import * as vscode from 'vscode';
import { analyzeTool, runTool } from '../protocol/tools.ts';
import { useBundle } from '../report/l10n.ts';
import type { RunModel } from '../report/model.ts';
import { AnalysisClient } from './analysis-client/analysis-client.ts';
import { FunctionMemory } from './commands/memory.ts';
import { RunInParallel } from './commands/run-in-parallel.ts';
import { Command, languages } from './contributions.ts';
import { DebugItem } from './debug/debug-item.ts';
import { debugInformation } from './debug-information.ts';
import { DisposableStore } from './disposables.ts';
import { JobTasks, TASK_TYPE } from './jobs/job-tasks.ts';
import { runJob } from './jobs/run-job.ts';
import { saveJob } from './jobs/save-job.ts';
import { AnalyzeTool } from './language-model/analyze-tool.ts';
import { RunTool } from './language-model/run-tool.ts';
import { LensProvider } from './lenses/lens-provider.ts';
import { PanelHost } from './panel-host/panel-host.ts';
import { RunActions } from './past-runs/run-actions.ts';
import type { RunText } from './past-runs/run-text.ts';
import { RunsTree } from './past-runs/runs-tree.ts';
import { RunStatus } from './runs/run-progress.ts';
import { Runs } from './runs/runs.ts';
import { tellError } from './user-messages.ts';

/** What other extensions and tests may use: `vscode.extensions.getExtension('manycore.manycore-vscode')?.exports`. */
export interface ManycoreApi {
  /** The newest run of this window. */
  readonly runModel: RunModel;
  /** The run that the panel shows: the newest one, or one from disk. */
  readonly shownModel: RunModel;
  /** Process id of the job host while a run is under way. */
  readonly jobHostPid: number | undefined;
  readonly isAnalysisRunning: boolean;
  /** The newest hundred runs in the folders that are open, as the view of runs says them. */
  runsShown(): Promise<readonly RunText[]>;
  /** The view of runs has been read again, because something changed. */
  readonly onDidListRuns: vscode.Event<unknown>;
}

/** Everything that the extension is made of, and its end. */
export class ManycoreExtension {
  readonly #store = new DisposableStore();
  readonly #log: vscode.LogOutputChannel;
  readonly #runs: Runs;
  readonly #panel: PanelHost;
  readonly #tree: RunsTree;
  readonly #analysis: AnalysisClient;

  constructor(context: vscode.ExtensionContext) {
    useBundle(vscode.l10n.bundle);
    const store = this.#store;
    const log = store.add(vscode.window.createOutputChannel('Manycore', { log: true }));
    const hostFile = context.asAbsolutePath('dist/job-host.js');
    const runs = store.add(new Runs({ log, hostFile }));
    const memory = new FunctionMemory(context.workspaceState);
    const lenses = store.add(new LensProvider(memory));
    const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
    const panel = store.add(new PanelHost({ runs, log, dist }));
    const tree = store.add(new RunsTree(runs));
    const analysis = new AnalysisClient({ log, serverFile: context.asAbsolutePath('dist/server.js') });
    const onRemembered = (): void => lenses.refresh();
    const command = new RunInParallel({
      ...{ runs, memory, log, hostFile, onRemembered },
      showPanel: () => panel.show(),
      preflight: (file, exportName) => analysis.preflight(file, exportName),
    });
    const commandFile = context.asAbsolutePath('dist/cli.js');
    const debug = new DebugItem({ runs, memory, log, commandFile, hostFile });
    store.add(vscode.tasks.registerTaskProvider(TASK_TYPE, new JobTasks({ log, commandFile })));
    const past = new RunActions({ runs, tree, panel, command });
    this.#log = log;
    this.#runs = runs;
    this.#panel = panel;
    this.#tree = tree;
    this.#analysis = analysis;
    store.add(new RunStatus(runs));
    const analyze = new AnalyzeTool((params, token) => analysis.analyze(params, token));
    store.add(vscode.lm.registerTool(analyzeTool.name, analyze));
    const run = new RunTool((request, token) => command.execute(request, token));
    store.add(vscode.lm.registerTool(runTool.name, run));
    const selector = languages.map((language) => ({ language, scheme: 'file' }));
    store.add(vscode.languages.registerCodeLensProvider(selector, lenses));
    store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('manycore.lens')) lenses.refresh();
      }),
    );
    this.#register({
      [Command.runInParallel]: (argument) => command.execute(argument),
      [Command.debugOneItem]: (argument) => debug.execute('item', argument),
      [Command.debugWithWorkers]: (argument) => debug.execute('workers', argument),
      [Command.profileRun]: (argument) => command.profile(argument),
      [Command.runJob]: (name) => runJob(name, { log, run: (request) => command.execute(request) }),
      [Command.saveJob]: (name) => this.#told(() => saveJob(runs.lastConfig, name)),
      [Command.runAgain]: (run) => this.#told(() => past.again(run), run),
      [Command.stop]: () => runs.stop(),
      [Command.showPanel]: () => {
        panel.showNewest();
        return panel.show();
      },
      [Command.openReport]: (run) => this.#told(() => past.openReport(run), run),
      [Command.openRunFolder]: (run) => this.#told(() => past.openFolder(run), run),
      [Command.openRun]: (run) => this.#told(() => past.open(run), run),
      [Command.compareRuns]: (run, rows) => this.#told(() => past.compare(run, rows), run),
      [Command.compareSelectedRuns]: (run, rows) => this.#told(() => past.compare(run, rows), run),
      [Command.resumeRun]: (run) => this.#told(() => past.resume(run), run),
      [Command.runFailedAgain]: (run) => this.#told(() => past.failedAgain(run), run),
      [Command.verifyRun]: (run) => this.#told(() => past.verify(run), run),
      [Command.exportReport]: (run) => this.#told(() => past.exportReport(run), run),
      [Command.exportTrace]: (run) => this.#told(() => past.exportTrace(run), run),
      [Command.deleteRun]: (run, rows) => this.#told(() => past.delete(run, rows), run),
      [Command.refreshRuns]: () => tree.refresh(),
      [Command.showMoreRuns]: (row) => tree.showMore(row),
      [Command.showLogs]: () => log.show(),
      [Command.restartAnalysisServer]: () => analysis.restart(),
      [Command.copyDebugInformation]: () => this.#told(() => copyDebugInformation(context.extension)),
    });
  }

  start(): ManycoreApi {
    this.#analysis.watch();
    const runs = this.#runs;
    const panel = this.#panel;
    const tree = this.#tree;
    const analysis = this.#analysis;
    return {
      get runModel() {
        return runs.model;
      },
      get shownModel() {
        return panel.model;
      },
      get jobHostPid() {
        return runs.current?.pid;
      },
      get isAnalysisRunning() {
        return analysis.isRunning;
      },
      runsShown: async () => Promise.all((await tree.all()).slice(0, 100).map((run) => tree.text(run))),
      onDidListRuns: tree.onDidChangeTreeData,
    };
  }

  /** Ends what runs, then closes everything. */
  async stop(): Promise<void> {
    await Promise.all([this.#runs.close(), this.#analysis.close()]);
    this.#store.dispose();
  }

  #register(handlers: Readonly<Record<Command, (argument?: unknown, others?: unknown) => unknown>>): void {
    for (const [id, handler] of Object.entries(handlers))
      this.#store.add(vscode.commands.registerCommand(id, handler));
  }

  /** Does it, and tells the user where that fails; rejects instead for a program, which gave the folder of a run. */
  async #told<T>(action: () => Promise<T>, argument?: unknown): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (isProgram(argument)) throw error;
      tellError(error, this.#log);
      return undefined;
    }
  }
}

/** Rows of the view are marked; what else names a run comes from a program. */
function isProgram(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'runDir' in argument && !('type' in argument);
}

async function copyDebugInformation(extension: vscode.Extension<unknown>): Promise<void> {
  await vscode.env.clipboard.writeText(await debugInformation(extension));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Manycore: debug information copied'), 4_000);
}
