import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { TextDocument } from 'vscode-languageserver-textdocument';

const SERVER = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url));
const TYPES = fileURLToPath(new URL('../corpus/_types/manycore.d.ts', import.meta.url));
const NODE_TYPES = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));

/** A folder with a tsconfig that finds the package's declarations, and some files. Removed on disposal. */
export class WorkspaceFolder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'manycore-server-'));

  constructor(files: Readonly<Record<string, string>>) {
    const compilerOptions = {
      ...{ target: 'esnext', module: 'nodenext', strict: true, moduleDetection: 'force', types: ['node'] },
      ...{ typeRoots: [NODE_TYPES], paths: { manycore: [TYPES] } },
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions }));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.path, name), text);
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.path, name)).href;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The real server process, spoken to over stdio. */
export class Client implements AsyncDisposable {
  readonly logs: string[] = [];
  readonly pushed: PublishDiagnosticsParams[] = [];
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  refreshes = 0;
  readonly #documents = new Map<string, TextDocument>();

  private constructor() {
    this.process = fork(SERVER, ['--stdio'], { silent: true, execArgv: ['--import', 'tsx'] });
    const { stdout, stdin } = this.process;
    if (!stdout || !stdin) throw new Error('The server has no stdio.');
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) =>
      this.logs.push(message),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (sent: PublishDiagnosticsParams) =>
      this.pushed.push(sent),
    );
    this.connection.onRequest('workspace/diagnostic/refresh', () => {
      this.refreshes++;
      return null;
    });
    this.connection.listen();
  }

  static async start(
    folder: WorkspaceFolder,
    options: { pull?: boolean; initializationOptions?: unknown } = {},
  ): Promise<Client> {
    const client = new Client();
    const pulls = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };
    await client.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: folder.uri(''), name: 'test' }],
      capabilities: options.pull === false ? {} : pulls,
      initializationOptions: options.initializationOptions,
    });
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  async open(uri: string, text: string): Promise<void> {
    this.#documents.set(uri, TextDocument.create(uri, 'typescript', 1, text));
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 1, text },
    });
  }

  /** Sends one incremental edit; returns the new version. */
  async edit(uri: string, range: Range, text: string): Promise<number> {
    const document = this.document(uri);
    const version = document.version + 1;
    const changes = [{ range, text }];
    this.#documents.set(uri, TextDocument.update(document, changes, version));
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: changes,
    });
    return version;
  }

  document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    if (!document) throw new Error(`${uri} is not open`);
    return document;
  }

  async pull(uri: string): Promise<readonly Diagnostic[]> {
    const report: DocumentDiagnosticReport = await this.connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri },
    });
    return report.kind === 'full' ? report.items : [];
  }

  async actions(uri: string, diagnostic: Diagnostic): Promise<readonly CodeAction[]> {
    const context = { diagnostics: [diagnostic] };
    return await this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context,
    });
  }

  /** Applies the edits of a code action to the open document, as an editor does. */
  async apply(uri: string, action: CodeAction): Promise<string> {
    const before = this.document(uri);
    const text = TextDocument.applyEdits(before, action.edit?.changes?.[uri] ?? []);
    const end = before.positionAt(before.getText().length);
    await this.edit(uri, { start: { line: 0, character: 0 }, end }, text);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.process, 'exit');
    if (this.process.exitCode === null) {
      await this.connection.sendRequest('shutdown');
      await this.connection.sendNotification('exit');
      await ended;
    }
    this.connection.dispose();
  }
}
