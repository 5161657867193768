import * as vscode from 'vscode';
import { isRunning } from '../../report/model.ts';
import { Command } from '../contributions.ts';
import { DisposableStore } from '../disposables.ts';
import { progressPercent, progressText } from './progress-text.ts';
import type { Runs } from './runs.ts';

/** Status bar item of the run under way; a click stops it. Shown only while something runs. */
export class RunStatus implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(runs: Runs) {
    const item = this.#store.add(
      vscode.window.createStatusBarItem('manycore.status', vscode.StatusBarAlignment.Left, 10),
    );
    item.name = 'Manycore';
    item.command = Command.stop;
    const update = (): void => {
      if (!isRunning(runs.model)) {
        item.hide();
        return;
      }
      const percent = progressPercent(runs.model);
      item.text = `$(sync~spin) Manycore ${percent === null ? progressText(runs.model) : `${Math.floor(percent)} %`}`;
      const lines = [runs.lastConfig?.function, progressText(runs.model), vscode.l10n.t('Click to stop')];
      item.tooltip = lines.filter(Boolean).join('\n');
      item.accessibilityInformation = {
        label: vscode.l10n.t('Manycore: {0}. Stop', progressText(runs.model)),
        role: 'button',
      };
      item.show();
    };
    this.#store.add(runs.onDidEvent(update));
    this.#store.add(runs.onDidReplace(update));
  }

  dispose(): void {
    this.#store.dispose();
  }
}

/** Shows a notification with *Cancel* until `done`; cancelling stops the run. */
export async function withRunProgress<T>(runs: Runs, title: string, done: Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, async (progress, token) => {
    const store = new DisposableStore();
    let shown = 0;
    store.add(token.onCancellationRequested(() => runs.stop()));
    store.add(
      runs.onDidEvent(() => {
        const percent = progressPercent(runs.model) ?? shown;
        progress.report({ message: progressText(runs.model), increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      }),
    );
    try {
      return await done;
    } finally {
      store.dispose();
    }
  });
}
