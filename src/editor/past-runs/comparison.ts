import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/run.ts';
import { renderComparison } from '../../report/comparison-page.ts';
import { Command } from '../contributions.ts';
import { errors } from '../errors.ts';
import { readPastRun } from './past-run.ts';

/** Shows two runs beside each other in an editor tab. @throws {EditorError} for one that has not ended */
export async function showComparison(
  oneDir: string,
  otherDir: string,
  order: 'older-first' | 'as-given',
): Promise<void> {
  const runs = await Promise.all([readEnded(oneDir), readEnded(otherDir)]);
  if (order === 'older-first') runs.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  const [first, second] = runs;
  const [firstDir, secondDir] = [first.runDir, second.runDir];
  const command = (id: string, argument: object): string =>
    `command:${id}?${encodeURIComponent(JSON.stringify([argument]))}`;
  const page = renderComparison(first, second, {
    first: command(Command.openRun, { runDir: firstDir }),
    second: command(Command.openRun, { runDir: secondDir }),
    swap: command(Command.compareRuns, { runDir: secondDir, with: firstDir }),
  });
  const name = second.function.slice(second.function.lastIndexOf('#') + 1);
  const tab = vscode.window.createWebviewPanel(
    'manycore.comparison',
    vscode.l10n.t('{0}: Runs Compared', name),
    vscode.ViewColumn.Active,
    {
      enableScripts: false,
      enableFindWidget: true,
      enableCommandUris: [Command.openRun, Command.compareRuns],
      localResourceRoots: [],
    },
  );
  tab.webview.html = page;
}

async function readEnded(runDir: string): Promise<RunSummary> {
  const { summary, kind, note } = await readPastRun(runDir);
  if (summary !== null) return summary;
  throw kind === 'running' ? errors.runIsRunning(runDir, note ?? 'another process') : errors.notEnded(runDir);
}
