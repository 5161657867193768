import { type FSWatcher, watch } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES, RUNS_HOME } from '../../protocol/run-folder.ts';
import { DisposableStore } from '../disposables.ts';

/** Changes that the editor itself reports. The journal of a run grows all the time and is left alone. */
const PATTERNS = [
  path.dirname(RUNS_HOME),
  RUNS_HOME,
  `${RUNS_HOME}/*/{${RUN_FILES.summary},${RUN_FILES.lock}}`,
];

/**
 * Tells when runs in a folder come, go or end. The editor's own watcher is recursive on most systems, but not on all: the
 * folder of the runs is watched here too, as soon as there is one. Call `look` after each change.
 */
export class RunsWatcher implements vscode.Disposable {
  readonly #home: string;
  readonly #changed: () => void;
  readonly #store = new DisposableStore();
  #watcher: FSWatcher | null = null;

  constructor(folder: vscode.WorkspaceFolder, changed: () => void) {
    this.#home = path.join(folder.uri.fsPath, RUNS_HOME);
    this.#changed = changed;
    for (const pattern of PATTERNS) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, pattern));
      this.#store.add(watcher);
      this.#store.add(watcher.onDidCreate(changed));
      this.#store.add(watcher.onDidChange(changed));
      this.#store.add(watcher.onDidDelete(changed));
    }
    this.look();
  }

  /** Begins to watch the folder of the runs where that is there now. */
  look(): void {
    if (this.#watcher !== null || this.#store.isDisposed) return;
    try {
      this.#watcher = watch(this.#home, () => this.#changed());
      this.#watcher.on('error', () => this.#forget());
    } catch {
      this.#watcher = null; // It is not there yet.
    }
  }

  dispose(): void {
    this.#store.dispose();
    this.#watcher?.close();
  }

  /** The folder was deleted, or watching it failed: it is looked for again with the next change. */
  #forget(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#changed();
  }
}
