import * as vscode from 'vscode';
import { Command } from './contributions.ts';
import { EditorError, type Remedy } from './errors.ts';

const remedies: Readonly<
  Record<Remedy, { readonly label: string; readonly apply: () => Thenable<unknown> }>
> = {
  openNodeSetting: {
    label: vscode.l10n.t('Open Setting'),
    apply: () => vscode.commands.executeCommand('workbench.action.openSettings', 'manycore.node.path'),
  },
  manageTrust: {
    label: vscode.l10n.t('Manage Workspace Trust'),
    apply: () => vscode.commands.executeCommand('workbench.trust.manage'),
  },
  showLogs: {
    label: vscode.l10n.t('Show Logs'),
    apply: () => vscode.commands.executeCommand(Command.showLogs),
  },
};

/** Tells the user about an error and offers what can be done; does not wait for an answer. */
export function tellError(error: unknown, log: vscode.LogOutputChannel): void {
  const known = error instanceof EditorError;
  const message = error instanceof Error ? error.message : String(error);
  log.error(known ? `${error.code}: ${message}` : error instanceof Error ? error : message);
  const offered = (known ? error.remedies : (['showLogs'] as const)).map((name) => remedies[name]);
  offer(
    vscode.window.showErrorMessage(firstLines(message), ...offered.map(({ label }) => label)),
    offered,
    log,
  );
}

export interface Offer {
  readonly label: string;
  readonly apply: () => Thenable<unknown>;
}

/** Does what was chosen in a message, if anything. */
export function offer(
  answer: Thenable<string | undefined>,
  offers: readonly Offer[],
  log: vscode.LogOutputChannel,
): void {
  answer
    .then((label) => offers.find((each) => each.label === label)?.apply())
    .then(undefined, (failure: unknown) => log.error(String(failure)));
}

/** A notification shows few lines; the log has all of them. */
function firstLines(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.length <= 4 ? lines.join('\n') : [lines[0], ...lines.slice(-3)].join('\n');
}
