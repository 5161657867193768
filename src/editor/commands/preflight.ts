import * as vscode from 'vscode';
import type { PreflightFinding } from '../../protocol/analysis.ts';
import { problemCount } from '../../report/counts.ts';
import { functionKey, type RunTarget } from './resolve-run-config.ts';

/** Finds what would go wrong if a function ran in worker processes. */
export type Preflight = (file: string, exportName: string) => Promise<readonly PreflightFinding[]>;

const RUN = vscode.l10n.t('Run Anyway');
const SHOW = vscode.l10n.t('Show');
/** Findings that the question lists; the others are counted. */
const LISTED = 3;

/**
 * Whether a function may run: asks where errors were found. *Show* goes to the first of them.
 * @param asks false for a program that cannot be asked: then it runs, and the findings are logged
 */
export async function mayRun(
  target: RunTarget,
  preflight: Preflight,
  asks: boolean,
  log: vscode.LogOutputChannel,
): Promise<boolean> {
  const found = await preflight(target.file, target.exportName);
  for (const one of found) log.warn(`${one.file}:${one.line + 1} ${one.rule}: ${one.message}`);
  const errors = found.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined || !asks) return true;
  const title = vscode.l10n.t(
    '{0} would fail in worker processes: {1} found.',
    functionKey(target),
    problemCount(errors.length),
  );
  const answer = await vscode.window.showWarningMessage(
    title,
    { modal: true, detail: listed(errors) },
    SHOW,
    RUN,
  );
  if (answer === SHOW) await show(first);
  return answer === RUN;
}

function listed(errors: readonly PreflightFinding[]): string {
  const lines = errors
    .slice(0, LISTED)
    .map(({ file, line, message }) => `${vscode.workspace.asRelativePath(file)}:${line + 1}: ${message}`);
  const more = errors.length - lines.length;
  return [...lines, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join('\n\n');
}

async function show({ file, line, character }: PreflightFinding): Promise<void> {
  const at = new vscode.Position(line, character);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}
