import { isDeepStrictEqual } from 'node:util';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Connection,
  DiagnosticRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  type Position,
  type Range,
  TextDocumentSyncKind,
  TextDocuments,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node.js';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Analyser, type Diagnostic, type Fix } from '../analysis/analyse.ts';
import { chooseFixes } from '../analysis/choose-fixes.ts';
import { keepCode } from '../analysis/code-cache.ts';
import { plainDiagnostic } from '../analysis/plain.ts';
import { withSeverities } from '../analysis/severity.ts';
import {
  ANALYSED,
  ANALYZE,
  type Analysed,
  type AnalyzeParams,
  PREFLIGHT,
  type PreflightFinding,
  type PreflightParams,
} from '../protocol/analysis.ts';
import { type Analyzed, analyzeNotes } from '../protocol/tools.ts';
import { changesOf, pathOf, rangeOf, suppressAction, toCodeAction, toLsp, uriOf } from './convert.ts';
import { MemoryLimit } from './memory-limit.ts';
import { Pacer, Superseded } from './pacer.ts';
import { DEFAULT_SETTINGS, docsOf, readSettings, type ServerSettings } from './settings.ts';

/** Section of the client's settings. */
const SECTION = 'manycore.lint';
/** Kind of the action that an editor runs on save. */
const FIX_ALL = `${CodeActionKind.SourceFixAll}.manycore`;
/** Time in ms from the first whole answer to when the code of the rules and the compiler is kept, which takes a tenth of a second once. */
const KEEP_CODE_AFTER = 5_000;
/** Files whose changes on disk matter to the analysis. */
const WATCHED = ['**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}', '**/{tsconfig*,jsconfig,package}.json'];

/**
 * Serves the analysis over a connection until it ends. Diagnostics are pulled by the client where it can, else pushed.
 * No answer is ever about an older text than the last one received: it is given for the current version, or the request is
 * cancelled. No code of the workspace is run.
 */
export function serve(connection: Connection): void {
  new Server(connection).listen();
}

class Server {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #pacer = new Pacer();
  readonly #memory: MemoryLimit;
  #settings: ServerSettings = DEFAULT_SETTINGS;
  #analyser = new Analyser({ roots: [] });
  #client: InitializeParams['capabilities'] = {};
  #pushed = new Set<string>();
  #keepsCode = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#memory = new MemoryLimit(() => {
      this.#analyser.release();
      connection.console.info('Programs were dropped to keep the memory of the analysis bounded.');
    });
  }

  listen(): void {
    const { languages } = this.#connection;
    this.#connection.onInitialize((params) => this.#initialize(params));
    this.#connection.onInitialized(() => this.#logged(this.#initialized()));
    this.#connection.onDidChangeConfiguration(() => this.#logged(this.#readConfiguration()));
    this.#connection.onDidChangeWatchedFiles(({ changes }) =>
      this.#filesChanged(changes.map((change) => change.uri)),
    );
    this.#connection.onCodeAction((params) => this.#codeActions(params));
    this.#connection.onHover(({ textDocument, position }, token) =>
      this.#pacer.answer('hover', token, () => this.#hover(textDocument.uri, position)),
    );
    this.#connection.onRequest(PREFLIGHT, (params: PreflightParams) => this.#preflight(params));
    this.#connection.onRequest(ANALYZE, (params: AnalyzeParams) => this.#analyze(params));
    languages.diagnostics.on(({ textDocument }, token) =>
      this.#pacer.answer(textDocument.uri, token, () => this.#report(textDocument.uri)),
    );
    languages.diagnostics.onWorkspace((_params, token) =>
      this.#pacer.answer('workspace', token, () => this.#workspace()),
    );
    this.#documents.onDidChangeContent(({ document }) => this.#edited(document));
    this.#documents.onDidClose(({ document }) => this.#closed(document.uri));
    this.#documents.listen(this.#connection);
    this.#connection.listen();
  }

  #initialize(params: InitializeParams): InitializeResult {
    this.#client = params.capabilities;
    this.#settings = readSettings(params.initializationOptions);
    const folders =
      params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []);
    const log = this.#connection.console;
    this.#analyser = new Analyser({
      roots: folders.flatMap((uri) => pathOf(uri) ?? []),
      onFailure: (rule, file, error) => log.error(`Rule ${rule} failed on ${file}: ${errorText(error)}`),
      onCompilerLoaded: (ms) => log.info(`The compiler was loaded in ${Math.round(ms)} ms.`),
    });
    return {
      serverInfo: { name: 'manycore' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
        hoverProvider: true,
        diagnosticProvider: {
          identifier: 'manycore',
          interFileDependencies: true,
          workspaceDiagnostics: true,
        },
      },
    };
  }

  async #initialized(): Promise<void> {
    if (this.#client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      await this.#connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (this.#client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      await this.#connection.client.register(DidChangeConfigurationNotification.type, {
        section: SECTION,
      });
    }
    await this.#readConfiguration();
    const start = performance.now();
    const candidates = this.#analyser.candidates.length;
    const ms = Math.round(performance.now() - start);
    this.#connection.console.info(
      `${candidates} of ${this.#analyser.size} files concern manycore (${ms} ms).`,
    );
  }

  async #readConfiguration(): Promise<void> {
    if (!this.#client.workspace?.configuration) return;
    const sent: unknown = await this.#connection.workspace.getConfiguration(SECTION);
    const settings = readSettings(sent, this.#settings);
    if (isDeepStrictEqual(settings, this.#settings)) return;
    this.#settings = settings;
    this.#refresh();
  }

  #edited(document: TextDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined) return;
    this.#analyser.setOverlay(file, document.getText());
    if (!this.#pulls) this.#refresh();
  }

  #closed(uri: string): void {
    const file = pathOf(uri);
    if (file === undefined) return;
    this.#analyser.setOverlay(file, null);
    if (!this.#pulls) this.#refresh();
  }

  #filesChanged(uris: readonly string[]): void {
    const changed = uris
      .flatMap((uri) => pathOf(uri) ?? [])
      .filter((file) => this.#analyser.fileChanged(file));
    if (changed.length > 0) this.#refresh();
  }

  /** Diagnostics of one document for the text that it has now. Throws `Superseded` when that text changes meanwhile. */
  async #report(uri: string): Promise<DocumentDiagnosticReport> {
    const file = pathOf(uri);
    if (file === undefined) return { kind: 'full', items: [] };
    const found = (await this.#early(uri, file)) ?? (await this.#diagnose(uri, file));
    const items = found.map((one) => toLsp(one, this.#settings));
    return { kind: 'full', items };
  }

  /**
   * The first answer about an open document of a large workspace, which does not wait for the other files. A client that can
   * be told so asks again for the whole one.
   */
  async #early(uri: string, file: string): Promise<readonly Diagnostic[] | undefined> {
    const document = this.#documents.get(uri);
    if (!document || !this.#client.workspace?.diagnostics?.refreshSupport) return undefined;
    const { version } = document;
    const found = await this.#analyser.diagnoseEarly(file);
    if (found === undefined) return undefined;
    this.#refresh();
    if (this.#documents.get(uri)?.version !== version) throw new Superseded();
    return withSeverities(found, this.#settings.rules);
  }

  async #diagnose(uri: string, file: string): Promise<readonly Diagnostic[]> {
    const version = this.#documents.get(uri)?.version;
    const start = performance.now();
    const found = await this.#analyser.diagnose(file);
    const diagnostics = withSeverities(found, this.#settings.rules);
    if (this.#documents.get(uri)?.version !== version) throw new Superseded();
    const ms = Math.round(performance.now() - start);
    if (ms > 0) this.#tell(file, ms, diagnostics.length);
    this.#memory.check();
    if (!this.#keepsCode && this.#analyser.usesCompiler) setTimeout(keepCode, KEEP_CODE_AFTER).unref();
    this.#keepsCode ||= this.#analyser.usesCompiler;
    return diagnostics;
  }

  #tell(file: string, milliseconds: number, findings: number): void {
    this.#connection.console.debug(`${findings} diagnostics in ${file} (${milliseconds} ms).`);
    const { candidates, size } = this.#analyser;
    const told: Analysed = { file, milliseconds, findings, files: size, concerned: candidates.length };
    this.#logged(this.#connection.sendNotification(ANALYSED, told));
  }

  async #hover(uri: string, { line, character }: Position): Promise<Hover | null> {
    const file = pathOf(uri);
    const hover = file === undefined ? undefined : await this.#analyser.hover(file, line + 1, character + 1);
    return hover === undefined
      ? null
      : { contents: { kind: 'markdown', value: hover.markdown }, range: rangeOf(hover) };
  }

  async #preflight(params: PreflightParams): Promise<PreflightFinding[]> {
    const found = withSeverities(await this.#analyser.preflight(params), this.#settings.rules);
    this.#memory.check();
    return found.map(({ file, line, column, severity, rule, message }) => {
      return { file, line: line - 1, character: column - 1, severity, rule, message };
    });
  }

  async #analyze({ file, exportName, cwd }: AnalyzeParams): Promise<Analyzed> {
    const notes: string[] = [];
    let found: readonly Diagnostic[];
    if (exportName === undefined) {
      found = await this.#analyser.diagnose(file);
      if (!this.#analyser.candidates.includes(file)) notes.push(analyzeNotes.unconcerned);
    } else {
      found = await this.#analyser.preflight({ file, exportName });
      if (!(await this.#analyser.hasFunction({ file, exportName })))
        notes.push(analyzeNotes.noFunction(exportName));
    }
    this.#memory.check();
    const diagnostics = withSeverities(found, this.#settings.rules).map((one) => {
      return { ...plainDiagnostic(one, cwd), docs: docsOf(one.rule, this.#settings) };
    });
    return { diagnostics, notes };
  }

  /** Whether diagnostics of a document are wanted that nobody has asked for by name. */
  #isWanted(uri: string): boolean {
    return !this.#settings.openFilesOnly || this.#documents.get(uri) !== undefined;
  }

  async #workspace() {
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    for (const file of this.#analyser.candidates) {
      const uri = uriOf(file);
      if (!this.#isWanted(uri)) {
        items.push({ kind: DocumentDiagnosticReportKind.Full, items: [], uri, version: null });
        continue;
      }
      const version = this.#documents.get(uri)?.version ?? null;
      const report = await this.#report(uri);
      items.push({ ...report, uri, version });
      await this.#pacer.breathe();
    }
    return { items };
  }

  async #codeActions({ textDocument, range, context }: CodeActionParams): Promise<CodeAction[]> {
    const file = pathOf(textDocument.uri);
    const wanted = context.only ?? [CodeActionKind.QuickFix];
    const wants = (kind: string): boolean => wanted.some((one) => kind === one || kind.startsWith(`${one}.`));
    if (file === undefined) return [];
    if (wants(FIX_ALL)) return this.#fixAll(textDocument.uri, file);
    if (!wants(CodeActionKind.QuickFix)) return [];
    const actions: CodeAction[] = [];
    for (const diagnostic of await this.#diagnose(textDocument.uri, file)) {
      if (!overlaps(toLsp(diagnostic, this.#settings).range, range)) continue;
      for (const fix of diagnostic.fixes) actions.push(toCodeAction(fix, diagnostic, this.#settings));
      const line = this.#documents.get(textDocument.uri)?.getText().split('\n')[diagnostic.line - 1] ?? '';
      actions.push(suppressAction(diagnostic, /^\s*/.exec(line)?.[0] ?? '', this.#settings));
    }
    return actions;
  }

  /** All safe fixes of a document at once that touch no other one; those that collide are left for the next time. */
  async #fixAll(uri: string, file: string): Promise<CodeAction[]> {
    const diagnostics = await this.#diagnose(uri, file);
    const own = ({ edits }: Fix): boolean => edits.every((edit) => edit.file === file);
    const edits = chooseFixes(diagnostics).flatMap(({ fix }) => (own(fix) ? fix.edits : []));
    if (edits.length === 0) return [];
    return [
      { title: 'Fix all that Manycore safely can', kind: FIX_ALL, edit: { changes: changesOf(edits) } },
    ];
  }

  /** A notification has no answer that could carry an error. */
  #logged(work: Promise<void>): void {
    work.catch((error: unknown) => this.#connection.console.error(errorText(error)));
  }

  get #pulls(): boolean {
    return this.#client.textDocument?.diagnostic !== undefined;
  }

  /** Something changed that the client does not know of: it asks again, or is told. */
  #refresh(): void {
    this.#pacer.later(
      'refresh',
      async () => {
        if (!this.#pulls) await this.#push();
        else if (this.#client.workspace?.diagnostics?.refreshSupport) {
          await this.#connection.sendRequest(DiagnosticRefreshRequest.type);
        }
      },
      (error) => this.#connection.console.error(errorText(error)),
    );
  }

  async #push(): Promise<void> {
    const files = new Set([...this.#analyser.candidates.map(uriOf), ...this.#pushed]);
    for (const uri of files) {
      const file = pathOf(uri);
      if (file === undefined) continue;
      const version = this.#documents.get(uri)?.version;
      const found = this.#isWanted(uri) ? await this.#diagnose(uri, file) : [];
      const diagnostics = found.map((one) => toLsp(one, this.#settings));
      if (diagnostics.length === 0 && !this.#pushed.delete(uri)) continue;
      if (diagnostics.length > 0) this.#pushed.add(uri);
      await this.#connection.sendDiagnostics({ uri, diagnostics, ...(version !== undefined && { version }) });
      await this.#pacer.breathe();
    }
  }
}

const overlaps = (a: Range, b: Range): boolean => a.start.line <= b.end.line && b.start.line <= a.end.line;

const errorText = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
