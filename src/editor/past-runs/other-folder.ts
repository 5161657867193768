import * as vscode from 'vscode';

/** Asks for the folder of a run that no open folder lists, as `--run-dir` makes one. Undefined where the user gives up. */
export async function askRunFolder(): Promise<string | undefined> {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    ...{ canSelectFiles: false, canSelectFolders: true },
    ...(defaultUri === undefined ? {} : { defaultUri }),
    title: vscode.l10n.t('Folder of a run'),
    openLabel: vscode.l10n.t('Open Run'),
  });
  return chosen?.[0]?.fsPath;
}
