import * as path from 'node:path';
import * as vscode from 'vscode';
import { languages } from '../contributions.ts';
import { errors } from '../errors.ts';
import { type ExportedFunction, exportedFunctions, functionAtLine } from '../lenses/exports.ts';
import { hasLenses } from '../lenses/lens-files.ts';
import type { RunTarget } from './resolve-run-config.ts';
import type { RunRequest } from './run-request.ts';

/** Files that are looked through when no file is open. */
const MAX_FILES = 300;

/**
 * The function to run: the one that is named, the one under the cursor, the only one of its file, or the one that is picked.
 * @param title of the list to pick from
 * @returns undefined when the user picks none
 * @throws {EditorError} when there is none to pick, or when the file is not on disk
 */
export async function chooseFunction(
  request: RunRequest,
  title = 'Run in Parallel',
): Promise<RunTarget | undefined> {
  const uri = fileOf(request) ?? activeSourceFile();
  if (uri === undefined) return pickFromWorkspace(title);
  if (uri.scheme !== 'file') throw errors.notLocal(uri.toString(true));
  if (request.export !== undefined) return targetOf(uri, request.export, request.cwd);
  const document = await vscode.workspace.openTextDocument(uri);
  const functions = exportedFunctions(document.getText());
  const chosen = underCursor(uri, functions) ?? (functions.length === 1 ? functions[0] : undefined);
  if (chosen !== undefined) return targetOf(uri, chosen.name, request.cwd);
  if (functions.length === 0) throw errors.noFunction(vscode.workspace.asRelativePath(uri));
  return pick(
    functions.map((each) => ({ uri, function: each })),
    title,
  );
}

/** `FILE`'s place for relative paths: its workspace folder, else its own folder. */
export function folderOf(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
}

function fileOf(request: RunRequest): vscode.Uri | undefined {
  if (request.uri !== undefined) return vscode.Uri.parse(request.uri, true);
  if (request.file === undefined) return undefined;
  const base = request.cwd ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
  return vscode.Uri.file(path.resolve(base, request.file));
}

function activeSourceFile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const isSource = document !== undefined && (languages as readonly string[]).includes(document.languageId);
  return isSource ? document.uri : undefined;
}

function underCursor(uri: vscode.Uri, functions: readonly ExportedFunction[]): ExportedFunction | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.toString() !== uri.toString()) return undefined;
  return functionAtLine(functions, editor.selection.active.line);
}

function targetOf(uri: vscode.Uri, exportName: string, cwd: string = folderOf(uri)): RunTarget {
  return { file: uri.fsPath, exportName, cwd };
}

interface Found {
  readonly uri: vscode.Uri;
  readonly function: ExportedFunction;
}

async function pickFromWorkspace(title: string): Promise<RunTarget | undefined> {
  const files = await vscode.workspace.findFiles('**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}', EXCLUDED, MAX_FILES);
  const own = files.filter((uri) => hasLenses(vscode.workspace.asRelativePath(uri, false))).sort(byPath);
  const found: Found[] = [];
  for (const uri of own) {
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
    found.push(...exportedFunctions(text).map((each) => ({ uri, function: each })));
  }
  if (found.length === 0) throw errors.noFile();
  return pick(found, title);
}

const EXCLUDED = '**/{node_modules,dist,out,build,.git}/**';

async function pick(found: readonly Found[], title: string): Promise<RunTarget | undefined> {
  const items = found.map((each) => ({
    label: `$(symbol-function) ${each.function.name}`,
    description: `${vscode.workspace.asRelativePath(each.uri)}:${each.function.line + 1}`,
    found: each,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Exported function to run over a dataset'),
    matchOnDescription: true,
  });
  return chosen === undefined ? undefined : targetOf(chosen.found.uri, chosen.found.function.name);
}

function byPath(a: vscode.Uri, b: vscode.Uri): number {
  return a.path < b.path ? -1 : 1;
}
