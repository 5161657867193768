import * as vscode from 'vscode';
import type { Analysed, AnalyzeParams, PreflightFinding } from '../../protocol/analysis.ts';
import type { Analyzed } from '../../protocol/tools.ts';
import { languages } from '../contributions.ts';
import { DisposableStore } from '../disposables.ts';
import { errors } from '../errors.ts';
import { readSetting } from '../settings/settings.ts';
import { dependsOnLibrary, importsLibrary } from './relevance.ts';
import type { AnalysisClientOptions, RunningServer } from './server.ts';
import { AnalysisStatus } from './status.ts';

/** `package.json` files that are asked whether the workspace uses the library. */
const MAX_PACKAGES = 30;
/** Time in ms that the check before a run may take. */
const PREFLIGHT_TIMEOUT = 5_000;

/**
 * Starts the analysis server once something of the workspace uses the library, and not before: elsewhere it costs a text
 * search. One change at a time: asking again while it starts or stops waits for that.
 */
export class AnalysisClient implements vscode.Disposable {
  readonly #options: Omit<AnalysisClientOptions, 'onAnalysed'>;
  readonly #status: AnalysisStatus;
  readonly #store = new DisposableStore();
  #server: RunningServer | null = null;
  #isWanted = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: Omit<AnalysisClientOptions, 'onAnalysed'>) {
    this.#options = options;
    this.#status = new AnalysisStatus();
  }

  /** Begins to look for uses of the library. */
  watch(): void {
    const look = (document: vscode.TextDocument): void => {
      if (!this.#isWanted && isSource(document) && importsLibrary(document.getText())) this.#want();
    };
    this.#store.add(vscode.workspace.onDidOpenTextDocument(look));
    this.#store.add(vscode.workspace.onDidChangeTextDocument((event) => look(event.document)));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('manycore.lint.enabled')) this.#inTurn(() => this.#adjust());
      }),
    );
    for (const document of vscode.workspace.textDocuments) look(document);
    this.#lookIntoPackages().catch((error: unknown) => this.#options.log.warn(`analysis: ${error}`));
  }

  /**
   * What would go wrong if a function ran in worker processes; starts the server where it is wanted. Empty when the
   * analysis is off, fails, or takes too long: a run does not wait for it.
   */
  async preflight(file: string, exportName: string): Promise<readonly PreflightFinding[]> {
    if (!readSetting('manycore.lint.enabled')) return [];
    this.#want();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PREFLIGHT_TIMEOUT);
    });
    try {
      const asked = this.#turn.then(() => this.#server?.preflight({ file, exportName }) ?? []);
      const found = await Promise.race([asked, late]);
      if (found === null) this.#options.log.warn(`analysis: no answer within ${PREFLIGHT_TIMEOUT} ms`);
      return found ?? [];
    } catch (error) {
      this.#options.log.warn(`analysis: ${error}`);
      return [];
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * All that is wrong with a file, or with a function as if it ran in workers; starts the server, also where nothing uses the
   * library.
   * @throws {EditorError} `ERR_MANYCORE_ANALYSIS` when the analysis is off or does not start
   */
  async analyze(params: AnalyzeParams, token: vscode.CancellationToken): Promise<Analyzed> {
    this.#want();
    await this.#turn;
    if (this.#server === null) throw errors.analysisOff();
    return this.#server.analyze(params, token);
  }

  /** Whether the server is started or starting. */
  get isRunning(): boolean {
    return this.#server !== null;
  }

  /** Starts the server anew, also where nothing uses the library. */
  restart(): Promise<void> {
    this.#isWanted = true;
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#adjust();
    });
  }

  /** Ends the server; nothing is started any more. */
  close(): Promise<void> {
    this.#store.dispose();
    return this.#inTurn(async () => {
      await this.#stop();
      this.#status.dispose();
    });
  }

  dispose(): void {
    void this.close();
  }

  #want(): void {
    this.#isWanted = true;
    void this.#inTurn(() => this.#adjust());
  }

  async #adjust(): Promise<void> {
    const should = this.#isWanted && !this.#store.isDisposed && readSetting('manycore.lint.enabled');
    if (!should) return this.#stop();
    if (this.#server !== null) return;
    const { startServer } = await import('./server.ts');
    const onAnalysed = (told: Analysed): void => this.#status.show(told);
    this.#server = await startServer({ ...this.#options, onAnalysed });
    this.#status.started();
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#status.stopped();
    await server?.stop();
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(change).catch((error: unknown) => {
      this.#options.log.error(`analysis server: ${error instanceof Error ? error.stack : error}`);
    });
    return this.#turn;
  }

  async #lookIntoPackages(): Promise<void> {
    const files = await vscode.workspace.findFiles('**/package.json', '**/node_modules/**', MAX_PACKAGES);
    for (const file of files) {
      if (this.#isWanted || this.#store.isDisposed) return;
      const bytes = await vscode.workspace.fs.readFile(file);
      if (dependsOnLibrary(Buffer.from(bytes).toString('utf8'))) this.#want();
    }
  }
}

function isSource(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && (languages as readonly string[]).includes(document.languageId);
}
