import * as vscode from 'vscode';
import type { AnalyzeParams } from '../../protocol/analysis.ts';
import type { Analyzed, AnalyzeInput } from '../../protocol/tools.ts';
import { analyzeText } from '../../report/tool-text.ts';
import { textResult } from './text-result.ts';
import { workspaceFile } from './workspace-file.ts';

type Analyze = (params: AnalyzeParams, token: vscode.CancellationToken) => Promise<Analyzed>;

/** `manycore_analyze`: what would go wrong in worker processes. Reads only, so it asks for nothing. */
export class AnalyzeTool implements vscode.LanguageModelTool<AnalyzeInput> {
  readonly #analyze: Analyze;

  constructor(analyze: Analyze) {
    this.#analyze = analyze;
  }

  prepareInvocation({ input }: vscode.LanguageModelToolInvocationPrepareOptions<AnalyzeInput>) {
    return { invocationMessage: vscode.l10n.t('Analyzing {0}', input.file) };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<AnalyzeInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const place = workspaceFile(input.file);
    const { function: exportName } = input;
    return textResult(
      analyzeText(await this.#analyze({ ...place, ...(exportName && { exportName }) }, token)),
    );
  }
}
