import * as vscode from 'vscode';
import type { Analysed } from '../../protocol/analysis.ts';
import { findingCount } from '../../report/counts.ts';
import { formatMs } from '../../report/format.ts';
import { Command, languages } from '../contributions.ts';

/** Time in ms that the diagnostics of a file may take; the status tells when they took longer. */
const BUDGET = 1_000;

/** Language status of the analysis: how long the last file took, what it looked at, and whether that was too long. */
export class AnalysisStatus implements vscode.Disposable {
  readonly #item: vscode.LanguageStatusItem;

  constructor() {
    const selector = languages.map((language) => ({ language, scheme: 'file' }));
    this.#item = vscode.languages.createLanguageStatusItem('manycore.analysis', selector);
    this.#item.name = vscode.l10n.t('Manycore Analysis');
    this.#item.command = { command: Command.showLogs, title: vscode.l10n.t('Show Logs') };
    this.stopped();
  }

  /** The server is not there, or not any more. */
  stopped(): void {
    this.#item.text = vscode.l10n.t('Manycore: no analysis');
    this.#item.detail = vscode.l10n.t('Nothing here uses the library, or manycore.lint.enabled is off.');
    this.#item.severity = vscode.LanguageStatusSeverity.Information;
  }

  started(): void {
    this.#item.text = vscode.l10n.t('Manycore: analysis ready');
    this.#item.detail = vscode.l10n.t('The first file is still to come.');
  }

  show(told: Analysed): void {
    this.#item.text = `Manycore: ${statusText(told)}`;
    this.#item.detail = vscode.l10n.t(
      'Files that concern the library: {0} of {1}',
      told.concerned,
      told.files,
    );
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
  vscode.l10n.t('{0} in {1}', findingCount(findings), formatMs(milliseconds));
