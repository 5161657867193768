import * as path from 'node:path';
import * as vscode from 'vscode';
import { RUNS_HOME } from '../../protocol/run-folder.ts';
import { formatCount } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import { isRunning } from '../../report/model.ts';
import { Command, View } from '../contributions.ts';
import { DisposableStore } from '../disposables.ts';
import { progressPercent, progressText } from '../runs/progress-text.ts';
import type { Runs } from '../runs/runs.ts';
import { groupByDay, type RunGroup } from './day-groups.ts';
import { RunCache } from './run-cache.ts';
import { type ListedRun, listRuns } from './run-list.ts';
import { type RunText, runText } from './run-text.ts';
import { RunsWatcher } from './runs-watcher.ts';

/** Rows of one group that are shown at first, and more each time that is asked for. */
const PAGE = 100;
/** Time in ms in which changes of files are put together. */
const SETTLE = 250;
/** Time in ms until a run that may have changed without a sign is looked at again, while the view is in sight. */
const LOOK_AGAIN = 2_000;
/** A folder as young as this (ms) may still become a run. */
const YOUNG = 60_000;
/** Time in ms between two drawings of the row of the run under way. */
const PROGRESS_INTERVAL = 1_000;

/** A run; commands take it as their `RunArgument`. */
export interface RunRow {
  readonly type: 'run';
  readonly runDir: string;
  readonly listed: ListedRun;
}

interface HomeRow {
  readonly type: 'home';
  readonly folder: vscode.WorkspaceFolder;
  readonly runs: readonly ListedRun[];
}

interface GroupRow extends RunGroup {
  readonly type: 'group';
  /** Names the group in the whole tree. */
  readonly id: string;
  readonly isFirst: boolean;
}

interface MoreRow {
  readonly type: 'more';
  readonly group: GroupRow;
  readonly hidden: number;
}

interface ProblemRow {
  readonly type: 'problem';
  readonly label: string;
  readonly message: string;
}

export type Row = RunRow | HomeRow | GroupRow | MoreRow | ProblemRow;

/** The runs in the folders that are open, by day. Folders are listed by name; only a row that is drawn is read. */
export class RunsTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #runs: Runs;
  readonly #cache = new RunCache();
  readonly #store = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #view: vscode.TreeView<Row>;
  readonly #shown = new Map<string, number>();
  readonly #rows = new Map<string, RunRow>();
  readonly #watchers = new Map<string, RunsWatcher>();
  #settling: NodeJS.Timeout | null = null;
  #due = 0;
  #lastProgress = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#view = this.#store.add(
      vscode.window.createTreeView<Row>(View.runs, {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.#store.add(this.#changed);
    this.#store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watchFolders()));
    this.#store.add(runs.onDidEvent((event) => this.#onEvent(event.type)));
    this.#watchFolders();
  }

  /** The rows of runs that are selected. */
  get selected(): readonly RunRow[] {
    return this.#view.selection.filter((row) => row.type === 'run');
  }

  /** Reads the folders again. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Shows the next rows of the group whose last row was clicked. */
  showMore(row: unknown): void {
    const { group } = row as MoreRow;
    this.#shown.set(group.id, (this.#shown.get(group.id) ?? PAGE) + PAGE);
    this.refresh();
  }

  /** All runs in the folders that are open, the newest first. */
  async all(): Promise<ListedRun[]> {
    const homes = await Promise.all(folders().map((folder) => listRuns(homeOf(folder)).catch(() => [])));
    return homes.flat().sort((a, b) => b.startedAt - a.startedAt);
  }

  /** A run as a row of a list says it. */
  async text(listed: ListedRun): Promise<RunText> {
    const run = await this.#cache.read(listed.path);
    const progress = this.#progressOf(listed.path);
    const unsettled =
      run.kind === 'no-run'
        ? Date.now() - listed.startedAt < YOUNG
        : run.kind === 'running' && progress === null;
    if (unsettled && this.#view.visible) this.#settle(LOOK_AGAIN);
    return runText(listed, run, progress);
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (parent === undefined) return this.#homes();
    if (parent.type === 'home') return this.#groups(parent.runs, parent.folder.uri.fsPath);
    if (parent.type !== 'group') return [];
    const shown = this.#shown.get(parent.id) ?? PAGE;
    const rows: Row[] = parent.runs.slice(0, shown).map((listed) => this.#row(listed));
    const hidden = parent.runs.length - rows.length;
    return hidden > 0 ? [...rows, { type: 'more', group: parent, hidden }] : rows;
  }

  async getTreeItem(row: Row): Promise<vscode.TreeItem> {
    switch (row.type) {
      case 'run':
        return runItem(row, await this.text(row.listed));
      case 'home': {
        const item = new vscode.TreeItem(row.folder.name, vscode.TreeItemCollapsibleState.Expanded);
        item.id = row.folder.uri.toString();
        return item;
      }
      case 'group': {
        const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
        const item = new vscode.TreeItem(row.label, row.isFirst ? Expanded : Collapsed);
        item.id = row.id;
        item.description = String(row.runs.length);
        return item;
      }
      case 'more': {
        const item = new vscode.TreeItem(l10n.t('Show {0} More...', Math.min(PAGE, row.hidden)));
        item.id = `${row.group.id} more`;
        item.description = l10n.t('{0} not shown', formatCount(row.hidden));
        item.command = { command: Command.showMoreRuns, title: l10n.t('Show More'), arguments: [row] };
        return item;
      }
      case 'problem': {
        const item = new vscode.TreeItem(row.label);
        item.description = row.message;
        item.tooltip = row.message;
        item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
        return item;
      }
    }
  }

  dispose(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#store.dispose();
  }

  async #homes(): Promise<Row[]> {
    const homes = await Promise.all(folders().map(listHome));
    const filled = homes.filter((each) => each.type === 'problem' || each.runs.length > 0);
    const [only, ...others] = filled;
    if (others.length > 0 || only?.type !== 'home') return filled;
    return this.#groups(only.runs, only.folder.uri.fsPath);
  }

  #groups(runs: readonly ListedRun[], home: string): GroupRow[] {
    return groupByDay(runs, Date.now()).map((group, index) => ({
      ...group,
      type: 'group',
      id: `${home} ${group.label}`,
      isFirst: index === 0,
    }));
  }

  /** The same object for a run each time, so that a change of it can be told. */
  #row(listed: ListedRun): RunRow {
    const known = this.#rows.get(listed.path);
    if (known !== undefined) return known;
    const row: RunRow = { type: 'run', runDir: listed.path, listed };
    this.#rows.set(listed.path, row);
    return row;
  }

  #progressOf(runDir: string): string | null {
    const { model } = this.#runs;
    const own = model.summary?.runDir ?? model.header?.runDir;
    if (own !== runDir || !isRunning(model)) return null;
    const percent = progressPercent(model);
    return percent === null ? progressText(model).toLowerCase() : `${Math.floor(percent)} %`;
  }

  #onEvent(type: string): void {
    if (type === 'started' || type === 'finished' || type === 'failed') this.#settle();
    const row = this.#rows.get(this.#runs.model.header?.runDir ?? '');
    const now = Date.now();
    if (row === undefined || now - this.#lastProgress < PROGRESS_INTERVAL) return;
    this.#lastProgress = now;
    this.#changed.fire(row);
  }

  #watchFolders(): void {
    const wanted = new Map(folders().map((folder) => [folder.uri.toString(), folder] as const));
    for (const [uri, watcher] of this.#watchers) {
      if (wanted.has(uri)) continue;
      watcher.dispose();
      this.#watchers.delete(uri);
    }
    for (const [uri, folder] of wanted) {
      if (!this.#watchers.has(uri)) this.#watchers.set(uri, new RunsWatcher(folder, () => this.#settle()));
    }
    this.#settle();
  }

  /** Reads again after a while; a later call that wants it sooner counts. */
  #settle(after: number = SETTLE): void {
    const due = Date.now() + after;
    if (this.#settling !== null && this.#due <= due) return;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#due = due;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      for (const watcher of this.#watchers.values()) watcher.look();
      this.#rows.clear();
      this.refresh();
    }, after);
  }
}

function folders(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function homeOf(folder: vscode.WorkspaceFolder): string {
  return path.join(folder.uri.fsPath, RUNS_HOME);
}

async function listHome(folder: vscode.WorkspaceFolder): Promise<HomeRow | ProblemRow> {
  try {
    return { type: 'home', folder, runs: await listRuns(homeOf(folder)) };
  } catch (error) {
    return {
      type: 'problem',
      label: folder.name,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

function runItem(row: RunRow, text: RunText): vscode.TreeItem {
  const item = new vscode.TreeItem(text.label);
  const { id, color } = text.icon;
  item.id = row.runDir;
  item.description = text.description;
  item.iconPath = new vscode.ThemeIcon(id, color === null ? undefined : new vscode.ThemeColor(color));
  item.contextValue = text.context;
  item.tooltip = tooltipOf(text);
  item.accessibilityInformation = { label: text.spoken };
  item.command = { command: Command.openRun, title: l10n.t('Open Run'), arguments: [row] };
  return item;
}

/** Values are put in as text: a path or a message may hold anything. */
function tooltipOf({ label, facts, remark }: RunText): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('**');
  tooltip.appendText(label).appendMarkdown('**\n\n');
  facts.forEach(([name, value], index) => {
    tooltip.appendMarkdown(`${index === 0 ? '' : '  \n'}${name}: `).appendText(value);
  });
  if (remark !== '') tooltip.appendMarkdown('\n\n---\n\n').appendText(remark);
  return tooltip;
}
