import * as vscode from 'vscode';
import type { Analysed } from '../../protocol/analysis.ts';
import { formatMs, plural } from '../../report/format.ts';
import { Command, languages } from '../contributions.ts';

/** Time in ms that the diagnostics of a file may take; the status tells when they took longer. */
const BUDGET = 1_000;

/** Language status of the analysis: how long the last file took, what it looked at, and whether that was too long. */
export class AnalysisStatus implements vscode.Disposable {
  readonly #item: vscode.LanguageStatusItem;

  constructor() {
    const selector = languages.map((language) => ({ language, scheme: 'file' }));
    this.#item = vscode.languages.createLanguageStatusItem('manycore.analysis', selector);
    this.#item.name = 'Manycore Analysis';
    this.#item.command = { command: Command.showLogs, title: 'Show Logs' };
    this.stopped();
  }

  /** The server is not there, or not any more. */
  stopped(): void {
    this.#item.text = 'Manycore: no analysis';
    this.#item.detail = 'Nothing here uses the library, or manycore.lint.enabled is off.';
    this.#item.severity = vscode.LanguageStatusSeverity.Information;
  }

  started(): void {
    this.#item.text = 'Manycore: analysis ready';
    this.#item.detail = 'The first file is still to come.';
  }

  show(told: Analysed): void {
    this.#item.text = `Manycore: ${statusText(told)}`;
    this.#item.detail = `${told.concerned} of ${plural(told.files, 'file')} concern the library`;
    this.#item.severity =
      told.milliseconds > BUDGET
        ? vscode.LanguageStatusSeverity.Warning
        : vscode.LanguageStatusSeverity.Information;
  }

  dispose(): void {
    this.#item.dispose();
  }
}

const statusText = ({ findings, milliseconds }: Analysed): string =>
  `${findings === 0 ? 'no findings' : plural(findings, 'finding')} in ${formatMs(milliseconds)}`;
