import * as path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import { rankDataFiles } from './dataset-candidates.ts';
import { compressedExtensions, dataFileExtensions, parseSource, previewSource } from './dataset-source.ts';
import { functionKey, type RunTarget } from './resolve-run-config.ts';

/** Files of the workspace that are looked at. */
const MAX_FILES = 1_000;
/** Files that fit a glob are counted up to here. */
const MAX_COUNTED = 5_000;
const EXCLUDED = '**/{node_modules,.git,.manycore}/**';

interface DatasetItem extends vscode.QuickPickItem {
  /** The source as written; undefined for separators. */
  readonly source?: string;
  /** The source is a beginning that the user completes. */
  readonly complete?: boolean;
}

const typedSources: readonly DatasetItem[] = [
  {
    label: `$(files) ${vscode.l10n.t('Glob…')}`,
    description: vscode.l10n.t('the path of each file that fits a pattern'),
    source: 'glob:**/*.json',
    complete: true,
  },
  {
    label: `$(symbol-numeric) ${vscode.l10n.t('Range…')}`,
    description: vscode.l10n.t('each number from START to before STOP'),
    source: 'range:0:100',
    complete: true,
  },
  {
    label: `$(symbol-variable) ${vscode.l10n.t('Export of a Module…')}`,
    description: vscode.l10n.t('an array, an iterable, or a function that gives one'),
    source: 'module:./data.ts#items',
    complete: true,
  },
];

/** Asks for the dataset: remembered ones, files that fit, or one that is typed. Undefined when the user gives up. */
export async function chooseDataset(
  target: RunTarget,
  remembered: readonly string[],
): Promise<string | undefined> {
  const known = remembered.flatMap((source) => describedItem(source, target, 'history'));
  const files = (await dataFiles(target)).filter((file) => !remembered.includes(file));
  const items: DatasetItem[] = [
    ...section(vscode.l10n.t('Used before'), known),
    ...section(
      vscode.l10n.t('Files'),
      files.flatMap((file) => describedItem(file, target, 'file')),
    ),
    ...section(vscode.l10n.t('Other'), typedSources),
  ];
  const chosen = await pick(items, target);
  if (chosen?.source === undefined) return undefined;
  return chosen.complete ? complete(chosen.source, target) : chosen.source;
}

/** A quick pick that also takes what is typed, when it is a dataset. */
function pick(items: readonly DatasetItem[], target: RunTarget): Promise<DatasetItem | undefined> {
  const store = new DisposableStore();
  const quickPick = store.add(vscode.window.createQuickPick<DatasetItem>());
  quickPick.title = vscode.l10n.t('Run {0} in Parallel', functionKey(target));
  quickPick.placeholder = vscode.l10n.t('Dataset: pick one, or type a path, glob:…, range:… or module:…');
  quickPick.matchOnDescription = true;
  quickPick.items = items;
  return new Promise((resolve) => {
    store.add(
      quickPick.onDidChangeValue((value) => {
        const typed = describedItem(value, target, 'edit').map((item) => ({ ...item, alwaysShow: true }));
        quickPick.items = [...typed, ...items.filter((item) => item.source !== value.trim())];
      }),
    );
    store.add(
      quickPick.onDidAccept(() => {
        // Enter right after typing comes before the list knows what was typed.
        const chosen = quickPick.selectedItems[0] ?? describedItem(quickPick.value, target, 'edit')[0];
        if (chosen === undefined) return;
        resolve(chosen);
        quickPick.hide();
      }),
    );
    store.add(
      quickPick.onDidHide(() => {
        resolve(undefined);
        store.dispose();
      }),
    );
    quickPick.show();
  });
}

/** An input box that says what is wrong, or what the items would be. */
async function complete(source: string, target: RunTarget): Promise<string | undefined> {
  const written = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run {0} in Parallel', functionKey(target)),
    prompt: vscode.l10n.t('Relative paths begin at {0}', target.cwd),
    value: source,
    valueSelection: [source.indexOf(':') + 1, source.length],
    validateInput: (value) => judge(value, target),
  });
  return written?.trim();
}

async function judge(value: string, target: RunTarget): Promise<vscode.InputBoxValidationMessage> {
  const parsed = parseSource(value, target.cwd);
  if ('problem' in parsed)
    return { message: capital(parsed.problem), severity: vscode.InputBoxValidationSeverity.Error };
  const preview = previewSource(parsed.source, target.exportName);
  const counted = parsed.source.kind === 'glob' ? await countFiles(parsed.source.pattern, target.cwd) : '';
  return { message: counted + preview, severity: vscode.InputBoxValidationSeverity.Info };
}

async function countFiles(pattern: string, cwd: string): Promise<string> {
  const relative = new vscode.RelativePattern(vscode.Uri.file(cwd), pattern.replace(/^\.\//, ''));
  const { length } = await vscode.workspace.findFiles(relative, EXCLUDED, MAX_COUNTED);
  if (length === 1) return `${vscode.l10n.t('1 file.')} `;
  const text =
    length === MAX_COUNTED
      ? vscode.l10n.t('{0} files or more.', MAX_COUNTED)
      : vscode.l10n.t('{0} files.', length);
  return `${text} `;
}

async function dataFiles(target: RunTarget): Promise<string[]> {
  const pattern = new vscode.RelativePattern(
    vscode.Uri.file(target.cwd),
    `**/*.{${[...dataFileExtensions, ...compressedExtensions].join(',')}}`,
  );
  const files = await vscode.workspace.findFiles(pattern, EXCLUDED, MAX_FILES);
  const relative = (file: string): string => path.relative(target.cwd, file).split(path.sep).join('/');
  return rankDataFiles(
    files.map((uri) => relative(uri.fsPath)),
    relative(path.dirname(target.file)),
  );
}

/** One item, or none when it is not a dataset (any more). */
function describedItem(source: string, target: RunTarget, icon: string): DatasetItem[] {
  const parsed = parseSource(source, target.cwd);
  if ('problem' in parsed) return [];
  const written = source.trim();
  return [
    {
      label: `$(${icon}) ${written}`,
      detail: previewSource(parsed.source, target.exportName),
      source: written,
    },
  ];
}

function section(label: string, items: readonly DatasetItem[]): DatasetItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
