import * as vscode from 'vscode';
import { folderOf } from '../commands/choose-function.ts';
import type { FunctionMemory } from '../commands/memory.ts';
import { functionKey } from '../commands/resolve-run-config.ts';
import type { RunRequest } from '../commands/run-request.ts';
import { Command } from '../contributions.ts';
import { readSetting } from '../settings/settings.ts';
import { type ExportedFunction, exportedFunctions } from './exports.ts';
import { lastRunText } from './last-run-text.ts';
import { hasLenses } from './lens-files.ts';

/** Over each exported function: *Run in parallel*, *Debug one item*, and how its last run went. */
export class LensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #memory: FunctionMemory;
  readonly #changed = new vscode.EventEmitter<void>();

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(memory: FunctionMemory) {
    this.#memory = memory;
  }

  /** Something that lenses show has changed: a run has ended, or a setting. */
  refresh(): void {
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!hasLenses(vscode.workspace.asRelativePath(document.uri, false))) return [];
    const showRun = readSetting('manycore.lens.run.enabled', document.uri);
    const showLast = readSetting('manycore.lens.lastResult.enabled', document.uri);
    const showDebug = readSetting('manycore.lens.debug.enabled', document.uri);
    if (!showRun && !showDebug && !showLast) return [];
    return exportedFunctions(document.getText()).flatMap((each) => [
      ...(showRun ? [runLens(document.uri, each)] : []),
      ...(showDebug ? [debugLens(document.uri, each)] : []),
      ...(showLast ? this.#lastRunLens(document.uri, each) : []),
    ]);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #lastRunLens(uri: vscode.Uri, found: ExportedFunction): vscode.CodeLens[] {
    const target = { file: uri.fsPath, exportName: found.name, cwd: folderOf(uri) };
    const run = this.#memory.lastRun(functionKey(target));
    if (run === undefined) return [];
    return [
      new vscode.CodeLens(rangeOf(found), {
        command: Command.showPanel,
        title: lastRunText(run),
        tooltip: vscode.l10n.t('Last run in parallel. Click to show the panel'),
      }),
    ];
  }
}

function runLens(uri: vscode.Uri, found: ExportedFunction): vscode.CodeLens {
  const request: RunRequest = { uri: uri.toString(), export: found.name };
  return new vscode.CodeLens(rangeOf(found), {
    command: Command.runInParallel,
    title: `$(run-all) ${vscode.l10n.t('Run in parallel')}`,
    tooltip: vscode.l10n.t('Run {0} over a dataset on every core', found.name),
    arguments: [request],
  });
}

function debugLens(uri: vscode.Uri, found: ExportedFunction): vscode.CodeLens {
  const request: RunRequest = { uri: uri.toString(), export: found.name };
  return new vscode.CodeLens(rangeOf(found), {
    command: Command.debugOneItem,
    title: '$(debug-alt) Debug one item',
    tooltip: `Call ${found.name} with one item, under the debugger`,
    arguments: [request],
  });
}

function rangeOf({ line, column }: ExportedFunction): vscode.Range {
  return new vscode.Range(line, column, line, column);
}
