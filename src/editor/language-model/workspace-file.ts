import { existsSync, realpathSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { errors } from '../errors.ts';

/** A file of the workspace, and the folder that paths are relative to. */
export interface WorkspaceFile {
  /** Absolute. */
  readonly file: string;
  readonly cwd: string;
}

/**
 * The file that a language model named, relative to a folder of the workspace or absolute.
 * @throws {EditorError} `ERR_MANYCORE_NOT_IN_WORKSPACE` when no folder has it, by itself or through a symbolic link
 */
export function workspaceFile(given: string): WorkspaceFile {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    const file = path.resolve(uri.fsPath, given);
    if (existsSync(file) && isIn(realpathSync(uri.fsPath), realpathSync(file)))
      return { file, cwd: uri.fsPath };
  }
  throw errors.notInWorkspace(given);
}

function isIn(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
