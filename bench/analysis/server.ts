import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  DiagnosticRefreshRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { serverFlags } from '../../src/node/server-flags.ts';
import { sparingMemory } from '../../src/node/spare-memory.ts';

/** The language server in ms and bytes. */
export interface ServerTimes {
  /** From starting the process to the first diagnostics of the first open file. */
  readonly first: number;
  /** The same to those that took the whole workspace into account. */
  readonly whole: number;
  /** From each edit of a function body to the diagnostics: edits as fast as somebody types. */
  readonly edits: readonly number[];
  /** The same for edits that follow at once on the diagnostics before. */
  readonly burst: readonly number[];
  /** Largest resident memory of the process. */
  readonly memory: number;
}

const EDITS = 60;
/** Time in ms from diagnostics to the next edit of somebody who types: about seven keys a second. */
const KEY_GAP = 100;
/** Edits go to this many files in turn. */
const EDITED_FILES = 6;

/** Opens files of a workspace in the built server and edits them as somebody who types. */
export async function measureServer(
  program: string,
  folder: string,
  files: readonly string[],
): Promise<ServerTimes> {
  const begin = performance.now();
  const env = sparingMemory(process.env);
  const child = fork(program, ['--stdio'], { silent: true, env, execArgv: serverFlags() });
  try {
    if (!child.stdout || !child.stdin) throw new Error('The server has no stdio.');
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.onRequest(DiagnosticRefreshRequest.type, () => undefined); // It is asked again below in any case.
    connection.listen();
    const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'bench' }];
    const capabilities = {
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
    };
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders,
      capabilities,
    });
    await connection.sendNotification('initialized', {});
    const pull = (uri: string) =>
      connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });

    const opened = Array.from(
      { length: EDITED_FILES },
      (_, index) => files[Math.floor(((index + 0.5) * files.length) / EDITED_FILES)] ?? '',
    );
    const texts = new Map(opened.map((file) => [file, readFileSync(file, 'utf8')]));
    let first = Number.NaN;
    let whole = Number.NaN;
    for (const [file, text] of texts) {
      const uri = pathToFileURL(file).href;
      const textDocument = { uri, languageId: 'typescript', version: 0, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
      await pull(uri);
      if (!Number.isNaN(first)) continue;
      first = performance.now() - begin;
      await pull(uri);
      whole = performance.now() - begin;
    }

    let version = 0;
    const edit = async (): Promise<number> => {
      version++;
      const file = opened[version % opened.length] ?? '';
      const uri = pathToFileURL(file).href;
      const text = (texts.get(file) ?? '').replace('let total = 0;', `let total = ${version};`);
      const start = performance.now();
      const textDocument = { uri, version };
      await connection.sendNotification('textDocument/didChange', {
        textDocument,
        contentChanges: [{ text }],
      });
      await pull(uri);
      return performance.now() - start;
    };
    const [edits, burst]: [number[], number[]] = [[], []];
    while (edits.length < EDITS) {
      edits.push(await edit());
      await sleep(KEY_GAP);
    }
    while (burst.length < EDITS) burst.push(await edit());
    const memory =
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024;
    connection.dispose();
    return { first, whole, edits, burst, memory };
  } finally {
    child.kill();
  }
}
