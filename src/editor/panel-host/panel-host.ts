import * as vscode from 'vscode';
import type { FromPanel } from '../../protocol/panel.ts';
import type { RunConfig } from '../../protocol/run.ts';
import type { RunModel } from '../../report/model.ts';
import { Command, ContextKey, View } from '../contributions.ts';
import { DisposableStore } from '../disposables.ts';
import { errors } from '../errors.ts';
import type { RunArgument } from '../past-runs/run-argument.ts';
import type { StoredRun } from '../past-runs/stored-run.ts';
import type { Runs } from '../runs/runs.ts';
import { tellError } from '../user-messages.ts';
import { EventBatcher } from './event-batcher.ts';
import { panelHtml } from './panel-html.ts';
import {
  openLog,
  openResult,
  openRunFile,
  openSource,
  RESULT_SCHEME,
  resultDocuments,
  saveResults,
} from './run-files.ts';

export interface PanelHostOptions {
  readonly runs: Runs;
  readonly log: vscode.LogOutputChannel;
  /** Folder with `panel.js` and `panel.css`. */
  readonly dist: vscode.Uri;
}

/** The extension's side of the panel: feeds it and does what it asks for. */
export class PanelHost implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #options: PanelHostOptions;
  readonly #store = new DisposableStore();
  #view: vscode.WebviewView | null = null;
  #batcher: EventBatcher<RunModel> | null = null;
  /** A run from disk that is shown instead of the newest one of this window. */
  #stored: StoredRun | null = null;

  constructor(options: PanelHostOptions) {
    this.#options = options;
    this.#store.add(vscode.window.registerWebviewViewProvider(View.run, this));
    this.#store.add(options.runs.onDidReplace(() => this.showNewest()));
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(RESULT_SCHEME, resultDocuments));
  }

  /** Brings the panel into sight; the editor keeps the focus. */
  async show(): Promise<void> {
    if (this.#view !== null) this.#view.show(true);
    else await vscode.commands.executeCommand(`${View.run}.focus`, { preserveFocus: true });
  }

  /** What is shown. */
  get model(): RunModel {
    return this.#stored?.model ?? this.#options.runs.model;
  }

  /** What was asked for in the run that is shown, where that is known. */
  get config(): RunConfig | null {
    return this.#stored === null ? this.#options.runs.lastConfig : this.#stored.config;
  }

  /** Folder of the run from disk that is shown; null where the newest one is. */
  get storedDir(): string | null {
    return this.#stored?.runDir ?? null;
  }

  /** Shows a run from disk, until another one begins. */
  async open(stored: StoredRun): Promise<void> {
    this.#stored = stored;
    this.#refresh();
    void vscode.commands.executeCommand('setContext', ContextKey.hasRun, true);
    await this.show();
  }

  /** Shows the newest run of this window again. */
  showNewest(): void {
    this.#stored = null;
    this.#refresh();
  }

  /** Folder of the run that is shown. @throws {EditorError} where there is none. */
  get runDir(): string {
    const argument = this.#argument();
    if (argument === undefined) throw errors.noRun();
    return argument.runDir;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { runs, dist, log } = this.#options;
    const store = this.#store.add(new DisposableStore());
    const { webview } = view;
    const batcher = new EventBatcher<RunModel>({
      model: () => this.model,
      send: (message) => void webview.postMessage(message),
    });
    this.#view = view;
    this.#batcher = batcher;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    store.add(
      runs.onDidEvent((event) => {
        if (this.#stored === null) batcher.add(event);
      }),
    );
    store.add(view.onDidChangeVisibility(() => (view.visible ? batcher.show() : batcher.hide())));
    store.add(
      webview.onDidReceiveMessage((message: FromPanel) => {
        if (message.type === 'ready') batcher.show();
        else this.#obey(message).catch((error: unknown) => tellError(error, log));
      }),
    );
    store.add({ dispose: () => batcher.hide() });
    view.onDidDispose(() => {
      this.#view = null;
      this.#batcher = null;
      store.dispose();
    });
    webview.html = panelHtml({
      script: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.js'))),
      style: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.css'))),
      cspSource: webview.cspSource,
      language: vscode.env.language,
      texts: vscode.l10n.bundle,
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Tells a panel that is in sight of another model. */
  #refresh(): void {
    if (this.#view?.visible === true) this.#batcher?.show();
  }

  /** Names the run that is shown to a command; nothing for one that has no folder. */
  #argument(): RunArgument | undefined {
    const { header, failure, summary } = this.model;
    const runDir = summary?.runDir ?? header?.runDir ?? failure?.runDir;
    return runDir === undefined ? undefined : { runDir };
  }

  async #obey(message: Exclude<FromPanel, { type: 'ready' }>): Promise<unknown> {
    switch (message.type) {
      case 'stop':
        return vscode.commands.executeCommand(Command.stop);
      case 'rerun':
        return vscode.commands.executeCommand(Command.runAgain, this.#argument());
      case 'resume':
        return vscode.commands.executeCommand(Command.resumeRun, this.#argument());
      case 'runFailedAgain':
        return vscode.commands.executeCommand(Command.runFailedAgain, this.#argument());
      case 'verify':
        return vscode.commands.executeCommand(Command.verifyRun, {
          ...this.#argument(),
          items: message.items,
        });
      case 'chooseFunction':
        return vscode.commands.executeCommand(Command.runInParallel);
      case 'openSource':
        return openSource(message.at, this.config?.cwd ?? '/');
      case 'openRunFile':
        return openRunFile(this.runDir, message.file);
      case 'openLog':
        return openLog(this.runDir, message.worker);
      case 'saveResults':
        return saveResults(this.runDir);
      case 'openResult':
        return openResult(this.runDir, message.index);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  }
}
