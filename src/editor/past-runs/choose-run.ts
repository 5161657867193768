import * as vscode from 'vscode';
import { errors } from '../errors.ts';
import type { RunsTree } from './runs-tree.ts';

/** Runs that are offered; older ones are in the view. */
const MAX_OFFERED = 100;

interface RunPick extends vscode.QuickPickItem {
  readonly runDir: string;
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
  const listed = (await tree.all()).slice(0, MAX_OFFERED);
  const picks = await Promise.all(
    listed.map(async (run): Promise<RunPick> => {
      const { label, description, icon } = await tree.text(run);
      const detail = new Date(run.startedAt).toLocaleString();
      return { label: `$(${icon.id}) ${label}`, description, detail, runDir: run.path };
    }),
  );
  const nameOf = ({ label }: RunPick): string => label.slice(label.indexOf(')') + 2);
  const origin = picks.find(({ runDir }) => runDir === except);
  const others = picks.filter(({ runDir }) => runDir !== except);
  if (others.length === 0) throw except === undefined ? errors.noRun() : errors.noOtherRun();
  const first = (pick: RunPick): number => (origin !== undefined && nameOf(pick) === nameOf(origin) ? 0 : 1);
  others.sort((a, b) => first(a) - first(b));
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(others, options))?.runDir;
}
