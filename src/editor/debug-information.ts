import * as os from 'node:os';
import * as vscode from 'vscode';
import { findNode } from '../node/find-node.ts';
import { readAllSettings, readSetting } from './settings/settings.ts';

/** Versions, settings and the Node that would be used: what a report about a problem needs, and no path of the workspace. */
export async function debugInformation(extension: vscode.Extension<unknown>): Promise<string> {
  const { version } = extension.packageJSON as { version: string };
  const cpus = os.cpus();
  const facts = {
    manycore: version,
    vscode: `${vscode.version} (${vscode.env.appHost}, ${vscode.env.remoteName ?? 'local'})`,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpus: `${os.availableParallelism()} of ${cpus.length} (${cpus[0]?.model.trim() ?? 'unknown'})`,
    memory: `${(os.freemem() / 1e9).toFixed(1)} GB free of ${(os.totalmem() / 1e9).toFixed(1)} GB`,
    node: await describeNode(),
    extensionHost: `Node ${process.versions.node}${process.versions['electron'] === undefined ? '' : ' (Electron)'}`,
    trusted: String(vscode.workspace.isTrusted),
  };
  const lines = Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`);
  return `${lines.join('\n')}\n\n\`\`\`json\n${JSON.stringify(readAllSettings(), null, 2)}\n\`\`\`\n`;
}

/** A search may run a program of the folder: a shim of a version manager, a relative path in the setting. */
async function describeNode(): Promise<string> {
  if (!vscode.workspace.isTrusted) return 'not asked, as the workspace is not trusted';
  const lines: string[] = [];
  const search = {
    configured: readSetting('manycore.node.path'),
    cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir(),
    env: process.env,
    ownRuntime: process.execPath,
    log: (line: string) => lines.push(line),
  };
  return findNode(search).then(
    ({ version, path, reason }) => `${version}, ${path} (${reason})`,
    (error: Error) => `none: ${error.message} ${lines.join('; ')}`,
  );
}
