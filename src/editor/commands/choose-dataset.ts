import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetPreview } from '../../protocol/preview.ts';
import { DisposableStore } from '../disposables.ts';
import { dataFileExtensions, rankDataFiles } from './dataset-candidates.ts';
import { detailOf, problemOf, problemOfTyped } from './dataset-detail.ts';
import { functionKey, type RunTarget } from './resolve-run-config.ts';

/** Files of the workspace that are looked at. */
const MAX_FILES = 1_000;
const EXCLUDED = '**/{node_modules,.git,.manycore}/**';
/** Time in ms without a key until what is typed is looked at. */
const PAUSE = 250;
/** Time in ms in which the previews of several datasets are shown at once. */
const GATHERED = 100;

/** What a dataset would give; null when that cannot be had. */
export type Preview = (source: string) => Promise<DatasetPreview | null>;

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
  preview: Preview,
): Promise<string | undefined> {
  const files = (await dataFiles(target)).filter((file) => !remembered.includes(file));
  const items: DatasetItem[] = [
    ...section(
      vscode.l10n.t('Used before'),
      remembered.map((source) => itemOf(source, 'history')),
    ),
    ...section(
      vscode.l10n.t('Files'),
      files.map((file) => itemOf(file, 'file')),
    ),
    ...section(vscode.l10n.t('Other'), typedSources),
  ];
  const chosen = await new DatasetPick(items, target, preview).answer;
  if (chosen?.source === undefined) return undefined;
  const source = chosen.complete ? await complete(chosen.source, target, preview) : chosen.source;
  return source === undefined ? undefined : chooseArray(source, target, preview);
}

/** A quick pick that also takes what is typed, and fills in what each dataset would give as that becomes known. */
class DatasetPick {
  readonly answer: Promise<DatasetItem | undefined>;
  readonly #store = new DisposableStore();
  readonly #quickPick = this.#store.add(vscode.window.createQuickPick<DatasetItem>());
  readonly #items: readonly DatasetItem[];
  readonly #preview: Preview;
  readonly #cwd: string;
  readonly #details = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(items: readonly DatasetItem[], target: RunTarget, preview: Preview) {
    this.#items = items;
    this.#preview = preview;
    this.#cwd = target.cwd;
    const quickPick = this.#quickPick;
    quickPick.title = vscode.l10n.t('Run {0} in Parallel', functionKey(target));
    quickPick.placeholder = vscode.l10n.t('Dataset: pick one, or type a path, glob:…, range:… or module:…');
    quickPick.matchOnDescription = true;
    quickPick.keepScrollPosition = true;
    quickPick.items = items.map((item) => this.#withDetail(item));
    this.#store.add(
      quickPick.onDidChangeValue(() => {
        this.#show();
        clearTimeout(this.#pause);
        this.#pause = setTimeout(() => void this.#fillIn(this.#typed()), PAUSE);
      }),
    );
    this.answer = new Promise((resolve) => {
      this.#store.add(quickPick.onDidAccept(() => this.#accept(resolve)));
      this.#store.add(
        quickPick.onDidHide(() => {
          resolve(undefined);
          clearTimeout(this.#timer);
          clearTimeout(this.#pause);
          this.#store.dispose();
        }),
      );
    });
    quickPick.show();
    void this.#fillIn(items);
  }

  #accept(resolve: (item: DatasetItem | undefined) => void): void {
    // Enter right after typing comes before the list knows what was typed.
    const chosen = this.#quickPick.selectedItems[0] ?? this.#typed()[0];
    if (chosen?.source === undefined || problemOfTyped(chosen.source) !== null) return;
    resolve(chosen);
    this.#quickPick.hide();
  }

  /** One dataset after the other, so that a large one holds up those after it and not the editor. */
  async #fillIn(items: readonly DatasetItem[]): Promise<void> {
    for (const item of items) {
      if (!isLookedAt(item) || this.#details.has(item.source)) continue;
      const { source } = item;
      const problem = problemOfTyped(source);
      const detail =
        problem === null ? detailOf(await this.#preview(source), this.#cwd) : `$(error) ${problem}`;
      if (this.#store.isDisposed) return;
      this.#details.set(source, detail);
      this.#timer ??= setTimeout(() => this.#show(), GATHERED);
    }
  }

  #typed(): DatasetItem[] {
    const source = this.#quickPick.value.trim();
    return source === '' ? [] : [{ ...itemOf(source, 'edit'), alwaysShow: true }];
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const typed = this.#typed();
    const others = this.#items.filter(({ source }) => source === undefined || source !== typed[0]?.source);
    const active = this.#quickPick.activeItems[0]?.source;
    const items = [...typed, ...others].map((item) => this.#withDetail(item));
    this.#quickPick.items = items;
    const stays = items.find(({ source }) => source !== undefined && source === active);
    if (stays !== undefined) this.#quickPick.activeItems = [stays];
  }

  #withDetail(item: DatasetItem): DatasetItem {
    if (!isLookedAt(item)) return item;
    // From the first: a row that became higher would push those below it away from under the pointer.
    const detail = this.#details.get(item.source) ?? vscode.l10n.t('Looking at it…');
    return { ...item, detail };
  }
}

/** A module is the user's code: it is imported when its name is typed, and not because it is on a list. */
function isLookedAt(item: DatasetItem): item is DatasetItem & { readonly source: string } {
  const { source, complete, alwaysShow } = item;
  return source !== undefined && !complete && (!source.startsWith('module:') || alwaysShow === true);
}

/** An input box that says what is wrong, or what the items would be. */
async function complete(source: string, target: RunTarget, preview: Preview): Promise<string | undefined> {
  const written = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run {0} in Parallel', functionKey(target)),
    prompt: vscode.l10n.t('Relative paths begin at {0}', target.cwd),
    value: source,
    valueSelection: [source.indexOf(':') + 1, source.length],
    validateInput: (value) => judge(value.trim(), target.cwd, preview),
  });
  return written?.trim();
}

async function judge(
  value: string,
  cwd: string,
  preview: Preview,
): Promise<vscode.InputBoxValidationMessage> {
  const { Error: error, Info: info } = vscode.InputBoxValidationSeverity;
  const problem = problemOfTyped(value);
  if (problem !== null) return { message: problem, severity: error };
  const found = await preview(value);
  if (found !== null && 'failure' in found) return { message: problemOf(found, cwd), severity: error };
  return { message: detailOf(found, cwd), severity: info };
}

/** A JSON file that is an object may have arrays inside: asks which of them. Any other dataset is chosen already. */
async function chooseArray(source: string, target: RunTarget, preview: Preview): Promise<string | undefined> {
  if (!/^json:|\.(geo|topo)?json(\.(gz|zst))?$/i.test(source)) return source;
  const found = await preview(source);
  if (found === null || !('failure' in found) || found.arrays.length === 0) return source;
  const items = found.arrays.map(async (array): Promise<DatasetItem> => {
    return { ...itemOf(array, 'json'), detail: detailOf(await preview(array), target.cwd) };
  });
  const chosen = await vscode.window.showQuickPick(Promise.all(items), {
    title: vscode.l10n.t('Run {0} in Parallel', functionKey(target)),
    placeHolder: vscode.l10n.t('{0} is an object: choose the array in it that has the items', source),
  });
  return chosen?.source;
}

async function dataFiles(target: RunTarget): Promise<string[]> {
  const pattern = new vscode.RelativePattern(
    vscode.Uri.file(target.cwd),
    `**/*.{${dataFileExtensions.join(',')}}`,
  );
  const files = await vscode.workspace.findFiles(pattern, EXCLUDED, MAX_FILES);
  const relative = (file: string): string => path.relative(target.cwd, file).split(path.sep).join('/');
  return rankDataFiles(
    files.map((uri) => relative(uri.fsPath)),
    relative(path.dirname(target.file)),
  );
}

function itemOf(source: string, icon: string): DatasetItem {
  return { label: `$(${icon}) ${source}`, source };
}

function section(label: string, items: readonly DatasetItem[]): DatasetItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
