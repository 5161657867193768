import * as vscode from 'vscode';
import type { FromPanel } from '../../protocol/panel.ts';
import type { RunModel } from '../../report/model.ts';
import { Command, View } from '../contributions.ts';
import { DisposableStore } from '../disposables.ts';
import { errors } from '../errors.ts';
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

  constructor(options: PanelHostOptions) {
    this.#options = options;
    this.#store.add(vscode.window.registerWebviewViewProvider(View.run, this));
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(RESULT_SCHEME, resultDocuments));
  }

  /** Brings the panel into sight; the editor keeps the focus. */
  async show(): Promise<void> {
    if (this.#view !== null) this.#view.show(true);
    else await vscode.commands.executeCommand(`${View.run}.focus`, { preserveFocus: true });
  }

  /** Folder of the newest run. @throws {EditorError} before there is one. */
  get runDir(): string {
    const { header, failure, summary } = this.#options.runs.model;
    const runDir = summary?.runDir ?? header?.runDir ?? failure?.runDir;
    if (runDir === undefined) throw errors.noRun();
    return runDir;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { runs, dist, log } = this.#options;
    const store = this.#store.add(new DisposableStore());
    const { webview } = view;
    const batcher = new EventBatcher<RunModel>({
      model: () => runs.model,
      send: (message) => void webview.postMessage(message),
    });
    this.#view = view;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    store.add(runs.onDidEvent((event) => batcher.add(event)));
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
      store.dispose();
    });
    webview.html = panelHtml({
      script: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.js'))),
      style: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.css'))),
      cspSource: webview.cspSource,
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #obey(message: Exclude<FromPanel, { type: 'ready' }>): Promise<unknown> {
    switch (message.type) {
      case 'stop':
        return vscode.commands.executeCommand(Command.stop);
      case 'rerun':
        return vscode.commands.executeCommand(Command.runAgain);
      case 'chooseFunction':
        return vscode.commands.executeCommand(Command.runInParallel);
      case 'openSource':
        return openSource(message.at, this.#options.runs.lastConfig?.cwd ?? '/');
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
