/** Apart from the rest because the language client is large: loaded when the server is first wanted. */
import { type CancellationToken, type LogOutputChannel, workspace } from 'vscode';
import { LanguageClient, type ServerOptions, TransportKind } from 'vscode-languageclient/node.js';
import { environmentForNode } from '../../node/environment.ts';
import { serverFlags } from '../../node/server-flags.ts';
import { sparingMemory } from '../../node/spare-memory.ts';
import {
  ANALYSED,
  ANALYZE,
  type Analysed,
  type AnalyzeParams,
  PREFLIGHT,
  type PreflightFinding,
  type PreflightParams,
} from '../../protocol/analysis.ts';
import type { Analyzed } from '../../protocol/tools.ts';
import { languages } from '../contributions.ts';

export interface AnalysisClientOptions {
  readonly serverFile: string;
  readonly log: LogOutputChannel;
  /** Told after each file that was analysed. */
  readonly onAnalysed: (told: Analysed) => void;
}

export interface RunningServer {
  preflight(params: PreflightParams): Promise<PreflightFinding[]>;
  analyze(params: AnalyzeParams, token: CancellationToken): Promise<Analyzed>;
  stop(): Promise<void>;
}

/** Time in ms that the server gets to end when asked. */
const STOP_TIMEOUT = 2_000;

/** Starts the server under VS Code's own runtime: it runs nothing of the workspace, so it needs no Node of the user. */
export async function startServer({
  serverFile,
  log,
  onAnalysed,
}: AnalysisClientOptions): Promise<RunningServer> {
  const run = {
    module: serverFile,
    transport: TransportKind.ipc,
    options: {
      env: sparingMemory(environmentForNode(process.env)),
      execArgv: serverFlags(),
    },
  };
  const server: ServerOptions = { run, debug: run };
  const client = new LanguageClient('manycore', 'Manycore', server, {
    documentSelector: languages.map((language) => ({ language, scheme: 'file' })),
    outputChannel: log,
    diagnosticCollectionName: 'manycore',
    progressOnInitialization: false,
    initializationOptions: workspace.getConfiguration('manycore.lint'),
  });
  client.onNotification(ANALYSED, onAnalysed);
  await client.start();
  return {
    preflight: (params) => client.sendRequest(PREFLIGHT, params),
    analyze: (params, token) => client.sendRequest(ANALYZE, params, token),
    stop: () => client.dispose(STOP_TIMEOUT),
  };
}
