import * as vscode from 'vscode';
import type { RunInput } from '../../protocol/tools.ts';
import { runText } from '../../report/tool-text.ts';
import type { RunRequest } from '../commands/run-request.ts';
import { errors } from '../errors.ts';
import type { RunOutcome } from '../runs/job-process.ts';
import { commandLine } from './command-line.ts';
import { textResult } from './text-result.ts';
import { type WorkspaceFile, workspaceFile } from './workspace-file.ts';

/** Runs without asking anything, and stops when the token says so. */
type Run = (request: RunRequest, token: vscode.CancellationToken) => Promise<RunOutcome | undefined>;

/** `manycore_run`: executes a function of the workspace, after the user has seen which one, and over what. */
export class RunTool implements vscode.LanguageModelTool<RunInput> {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  prepareInvocation({ input }: vscode.LanguageModelToolInvocationPrepareOptions<RunInput>) {
    const { cwd } = functionOf(input);
    const text = vscode.l10n.t(
      'This executes code of the workspace in worker processes, in {0}. Results go to .manycore/runs there.',
      cwd,
    );
    // The command comes last: some places show no more than the text of this.
    const message = new vscode.MarkdownString().appendText(text).appendCodeblock(commandLine(input), 'sh');
    return {
      invocationMessage: vscode.l10n.t('Running {0} over {1}', input.function, input.data),
      confirmationMessages: { title: vscode.l10n.t('Run {0} in parallel?', input.function), message },
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<RunInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const { function: _, ...options } = input;
    const { file, cwd, exportName } = functionOf(input);
    const outcome = await this.#run({ ...options, file, cwd, export: exportName, ifRunning: 'fail' }, token);
    if (outcome === undefined || token.isCancellationRequested) throw new vscode.CancellationError();
    return textResult(runText(outcome));
  }
}

/** @throws {EditorError} when the workspace is not trusted, or it is no function of a file of it */
function functionOf({ function: name }: RunInput): WorkspaceFile & { readonly exportName: string } {
  if (!vscode.workspace.isTrusted) throw errors.untrusted();
  const mark = name.lastIndexOf('#');
  if (mark <= 0 || mark === name.length - 1)
    throw errors.badArgument('function', name, 'FILE#EXPORT, such as src/score.ts#score');
  return { ...workspaceFile(name.slice(0, mark)), exportName: name.slice(mark + 1) };
}
