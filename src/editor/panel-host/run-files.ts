import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FromPanel } from '../../protocol/panel.ts';
import type { SourcePlace } from '../../protocol/run.ts';
import { formatBytes } from '../../report/format.ts';
import { errors } from '../errors.ts';
import { logsIn } from './log-files.ts';
import { findResultLine, MAX_RESULT_BYTES } from './result-line.ts';

type RunFile = Extract<FromPanel, { type: 'openRunFile' }>['file'];

const names: Readonly<Record<Exclude<RunFile, 'folder'>, string>> = {
  results: 'results.jsonl',
  report: 'report.html',
  summary: 'run.json',
};

/** Documents with one item's result; read-only, so that closing one asks nothing. */
export const RESULT_SCHEME = 'manycore-result';

/** Opens a file of a run folder, or the folder itself. */
export async function openRunFile(runDir: string, file: RunFile): Promise<void> {
  if (file === 'folder') return revealFolder(runDir);
  const found = existing(runDir, names[file]);
  if (file === 'report') await openReport(found);
  else await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(found));
}

/** Opens everything that one worker wrote; where there are several and none is named, the user chooses. */
export async function openLog(runDir: string, worker: number | null): Promise<void> {
  const name = worker === null ? await chooseLog(existing(runDir, 'output')) : `worker-${worker}.log`;
  if (name === undefined) return;
  const file = existing(runDir, path.join('output', name));
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

/** Copies `results.jsonl` to where the user says. */
export async function saveResults(runDir: string): Promise<void> {
  const file = existing(runDir, names.results);
  const beside = vscode.Uri.file(path.join(runDir, '..', '..', '..', names.results));
  const target = await vscode.window.showSaveDialog({
    defaultUri: beside,
    filters: { 'JSON Lines': ['jsonl'] },
    title: vscode.l10n.t('Save All Results'),
  });
  if (target === undefined) return;
  await vscode.workspace.fs.copy(vscode.Uri.file(file), target, { overwrite: true });
}

/** Opens a place in the user's code beside nothing: in the active group, with the cursor on it. */
export async function openSource(at: SourcePlace, cwd: string): Promise<void> {
  const uri = at.file.startsWith('file:')
    ? vscode.Uri.parse(at.file, true)
    : vscode.Uri.file(path.resolve(cwd, at.file));
  const place = new vscode.Position(Math.max(0, at.line - 1), Math.max(0, at.column - 1));
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(place, place) });
}

/** Opens the whole result of one item as a JSON document. */
export async function openResult(runDir: string, index: number): Promise<void> {
  existing(runDir, names.results);
  const uri = vscode.Uri.from({
    scheme: RESULT_SCHEME,
    path: `/item ${index}.json`,
    query: JSON.stringify({ runDir, index }),
  });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Gives the documents of `RESULT_SCHEME` their text. */
export const resultDocuments: vscode.TextDocumentContentProvider = {
  async provideTextDocumentContent(uri) {
    const { runDir, index } = JSON.parse(uri.query) as { runDir: string; index: number };
    const line = await findResultLine(path.join(runDir, names.results), index);
    if (line === null) throw errors.noResult(index);
    if (line === 'too-long') throw errors.resultTooLong(index, `${MAX_RESULT_BYTES / 1024 / 1024} MiB`);
    return `${JSON.stringify(JSON.parse(line), null, 2)}\n`;
  },
};

/**
 * A browser can open a local file only where the editor runs on the same machine; elsewhere an editor tab shows it. A report is
 * a page with a script, and a workspace may bring its own.
 * @throws {EditorError} when the workspace is not trusted
 */
async function openReport(file: string): Promise<void> {
  if (!vscode.workspace.isTrusted) throw errors.untrusted();
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (isLocal && (await vscode.env.openExternal(vscode.Uri.file(file)))) return;
  const tab = vscode.window.createWebviewPanel(
    'manycore.report',
    vscode.l10n.t('Manycore report'),
    vscode.ViewColumn.Active,
    {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [],
    },
  );
  tab.webview.html = await readFile(file, 'utf8');
}

async function revealFolder(runDir: string): Promise<void> {
  if (!existsSync(runDir)) throw errors.noRunFile(runDir);
  const uri = vscode.Uri.file(runDir);
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  await vscode.commands.executeCommand(isLocal ? 'revealFileInOS' : 'revealInExplorer', uri);
}

async function chooseLog(folder: string): Promise<string | undefined> {
  const logs = logsIn(folder);
  if (logs.length === 0) throw errors.noRunFile(path.join(folder, 'worker-N.log'));
  if (logs.length === 1) return logs[0]?.name;
  const picked = await vscode.window.showQuickPick(
    logs.map(({ name, label, size }) => ({ label, description: formatBytes(size), name })),
    { title: vscode.l10n.t('Open Full Log'), placeHolder: vscode.l10n.t('Whose output?') },
  );
  return picked?.name;
}

function existing(runDir: string, name: string): string {
  const file = path.join(runDir, name);
  if (!existsSync(file)) throw errors.noRunFile(file);
  return file;
}
