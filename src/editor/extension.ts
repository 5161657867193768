import * as vscode from 'vscode';
import type { RunModel } from '../report/model.ts';
import { AnalysisClient } from './analysis-client/analysis-client.ts';
import { FunctionMemory } from './commands/memory.ts';
import { RunInParallel } from './commands/run-in-parallel.ts';
import { Command, languages } from './contributions.ts';
import { debugInformation } from './debug-information.ts';
import { DisposableStore } from './disposables.ts';
import { LensProvider } from './lenses/lens-provider.ts';
import { PanelHost } from './panel-host/panel-host.ts';
import { openRunFile } from './panel-host/run-files.ts';
import { RunStatus } from './runs/run-progress.ts';
import { Runs } from './runs/runs.ts';
import { tellError } from './user-messages.ts';

/** What other extensions and tests may use: `vscode.extensions.getExtension('manycore.manycore-vscode')?.exports`. */
export interface ManycoreApi {
  /** The newest run, as the panel shows it. */
  readonly runModel: RunModel;
  /** Process id of the job host while a run is under way. */
  readonly jobHostPid: number | undefined;
  readonly isAnalysisRunning: boolean;
}

/** Everything that the extension is made of, and its end. */
export class ManycoreExtension {
  readonly #store = new DisposableStore();
  readonly #log: vscode.LogOutputChannel;
  readonly #runs: Runs;
  readonly #analysis: AnalysisClient;

  constructor(context: vscode.ExtensionContext) {
    const store = this.#store;
    const log = store.add(vscode.window.createOutputChannel('Manycore', { log: true }));
    const hostFile = context.asAbsolutePath('dist/job-host.js');
    const runs = store.add(new Runs({ log, hostFile }));
    const memory = new FunctionMemory(context.workspaceState);
    const lenses = store.add(new LensProvider(memory));
    const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
    const panel = store.add(new PanelHost({ runs, log, dist }));
    const analysis = new AnalysisClient({ log, serverFile: context.asAbsolutePath('dist/server.js') });
    const onRemembered = (): void => lenses.refresh();
    const command = new RunInParallel({
      ...{ runs, memory, log, hostFile, onRemembered },
      showPanel: () => panel.show(),
      preflight: (file, exportName) => analysis.preflight(file, exportName),
    });
    this.#log = log;
    this.#runs = runs;
    this.#analysis = analysis;
    store.add(new RunStatus(runs));
    const selector = languages.map((language) => ({ language, scheme: 'file' }));
    store.add(vscode.languages.registerCodeLensProvider(selector, lenses));
    store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('manycore.lens')) lenses.refresh();
      }),
    );
    this.#register({
      [Command.runInParallel]: (argument) => command.execute(argument),
      [Command.runAgain]: () => command.again(),
      [Command.stop]: () => runs.stop(),
      [Command.showPanel]: () => panel.show(),
      [Command.openReport]: () => this.#told(() => openRunFile(panel.runDir, 'report')),
      [Command.openRunFolder]: () => this.#told(() => openRunFile(panel.runDir, 'folder')),
      [Command.showLogs]: () => log.show(),
      [Command.restartAnalysisServer]: () => analysis.restart(),
      [Command.copyDebugInformation]: () => this.#told(() => copyDebugInformation(context.extension)),
    });
  }

  start(): ManycoreApi {
    this.#analysis.watch();
    const runs = this.#runs;
    const analysis = this.#analysis;
    return {
      get runModel() {
        return runs.model;
      },
      get jobHostPid() {
        return runs.current?.pid;
      },
      get isAnalysisRunning() {
        return analysis.isRunning;
      },
    };
  }

  /** Ends what runs, then closes everything. */
  async stop(): Promise<void> {
    await Promise.all([this.#runs.close(), this.#analysis.close()]);
    this.#store.dispose();
  }

  #register(handlers: Readonly<Record<Command, (argument?: unknown) => unknown>>): void {
    for (const [id, handler] of Object.entries(handlers))
      this.#store.add(vscode.commands.registerCommand(id, handler));
  }

  async #told(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      tellError(error, this.#log);
    }
  }
}

async function copyDebugInformation(extension: vscode.Extension<unknown>): Promise<void> {
  await vscode.env.clipboard.writeText(await debugInformation(extension));
  vscode.window.setStatusBarMessage('Manycore: debug information copied', 4_000);
}
