import * as vscode from 'vscode';
import { JOB_FILE, type JobFile, parseJobFile } from '../../protocol/job-file.ts';
import type { JsonProblem } from '../../protocol/schema-check.ts';

/** The job file of a workspace folder, read. */
export interface FolderJobs extends JobFile {
  readonly folder: vscode.WorkspaceFolder;
  readonly uri: vscode.Uri;
  /** As it is in the editor, saved or not; empty when there is no file. */
  readonly text: string;
  /** It has changes that are not saved. */
  readonly isDirty: boolean;
}

/** The jobs of every workspace folder. */
export function readAllJobs(): Promise<FolderJobs[]> {
  return Promise.all((vscode.workspace.workspaceFolders ?? []).map(readJobs));
}

export async function readJobs(folder: vscode.WorkspaceFolder): Promise<FolderJobs> {
  const uri = vscode.Uri.joinPath(folder.uri, JOB_FILE);
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  // One that is not changed may be older than the file for a moment.
  const isDirty = open?.isDirty === true;
  const text = isDirty ? open.getText() : await readText(uri);
  const none: JobFile = { jobs: new Map(), problems: [] };
  return { folder, uri, text, isDirty, ...(text.trim() === '' ? none : parseJobFile(text)) };
}

/** Shows the place of a mistake. */
export async function showProblem(uri: vscode.Uri, { line, column }: JsonProblem): Promise<void> {
  const at = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}

async function readText(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return '';
    throw error;
  }
}
