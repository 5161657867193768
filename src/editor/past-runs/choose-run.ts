import * as vscode from 'vscode';
import { errors } from '../errors.ts';
import { askRunFolder } from './other-folder.ts';
import type { RunsTree } from './runs-tree.ts';

/** Runs that are offered; older ones are in the view. */
const MAX_OFFERED = 100;

interface RunPick extends vscode.QuickPickItem {
  /** Null for a folder that is asked for. */
  readonly runDir: string | null;
}

/** Asks for one of the newest runs, or for a folder that is not among them. Undefined where the user gives up. */
export async function chooseRunAnywhere(tree: RunsTree, placeHolder: string): Promise<string | undefined> {
  const picks = await listedRuns(tree);
  if (picks.length === 0) return askRunFolder();
  const other: RunPick = { label: `$(folder-opened) ${vscode.l10n.t('Other Folder…')}`, runDir: null };
  const line: RunPick = { label: '', kind: vscode.QuickPickItemKind.Separator, runDir: null };
  const picked = await pick([...picks, line, other], placeHolder);
  return picked === undefined ? undefined : (picked.runDir ?? askRunFolder());
}

/**
 * Asks for one of the newest runs; those of the same function as `except` come first. Undefined where the user gives up.
 * @throws {EditorError} `ERR_MANYCORE_NO_RUN` where there is none to choose
 */
export async function chooseRun(
  tree: RunsTree,
  placeHolder: string,
  except?: string,
): Promise<string | undefined> {
  const picks = await listedRuns(tree);
  const nameOf = ({ label }: RunPick): string => label.slice(label.indexOf(')') + 2);
  const origin = picks.find(({ runDir }) => runDir === except);
  const others = picks.filter(({ runDir }) => runDir !== except);
  if (others.length === 0) throw except === undefined ? errors.noRun() : errors.noOtherRun();
  const first = (pick: RunPick): number => (origin !== undefined && nameOf(pick) === nameOf(origin) ? 0 : 1);
  others.sort((a, b) => first(a) - first(b));
  return (await pick(others, placeHolder))?.runDir ?? undefined;
}

async function listedRuns(tree: RunsTree): Promise<RunPick[]> {
  const listed = (await tree.all()).slice(0, MAX_OFFERED);
  return Promise.all(
    listed.map(async (run) => {
      const { label, description, icon } = await tree.text(run);
      const detail = new Date(run.startedAt).toLocaleString();
      return { label: `$(${icon.id}) ${label}`, description, detail, runDir: run.path };
    }),
  );
}

function pick(picks: readonly RunPick[], placeHolder: string): Thenable<RunPick | undefined> {
  return vscode.window.showQuickPick(picks, { placeHolder, matchOnDescription: true, matchOnDetail: true });
}
