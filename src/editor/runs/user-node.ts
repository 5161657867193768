import * as vscode from 'vscode';
import { type FoundNode, findNode, NodeSearchError } from '../../node/find-node.ts';
import { errors } from '../errors.ts';
import { readSetting } from '../settings/settings.ts';

/**
 * The Node that runs code of `cwd`.
 * @throws {EditorError} when there is none
 */
export async function userNode(
  cwd: string,
  log: vscode.LogOutputChannel,
  scope: vscode.Uri = vscode.Uri.file(cwd),
): Promise<FoundNode> {
  const configured = readSetting('manycore.node.path', scope);
  const ownRuntime = process.execPath;
  const search = { configured, cwd, env: process.env, ownRuntime, log: (line: string) => log.debug(line) };
  return findNode(search).catch((error: unknown) => {
    throw error instanceof NodeSearchError ? errors.node(error.message) : error;
  });
}
