import * as vscode from 'vscode';
import type { RunConfig } from '../../protocol/run.ts';
import { askDataset } from '../commands/ask-dataset.ts';
import { chooseFunction } from '../commands/choose-function.ts';
import type { FunctionMemory } from '../commands/memory.ts';
import { functionKey, type RunTarget, resolveRunConfig } from '../commands/resolve-run-config.ts';
import { errors } from '../errors.ts';
import type { Runs } from '../runs/runs.ts';
import { userNode } from '../runs/user-node.ts';
import { readRunSettings } from '../settings/settings.ts';
import { tellError } from '../user-messages.ts';
import { type ChosenItem, chooseItem } from './choose-item.ts';
import { type Debugged, debugConfiguration } from './debug-configuration.ts';
import { checkDebugRequest, type DebugRequest, isComplete } from './debug-request.ts';

export interface DebugItemOptions {
  readonly runs: Runs;
  readonly memory: FunctionMemory;
  readonly log: vscode.LogOutputChannel;
  /** The command's bundle. */
  readonly commandFile: string;
  /** The job host's bundle. */
  readonly hostFile: string;
}

/** *Debug One Item* and *Debug with Workers*, from wherever they are asked for. */
export class DebugItem {
  readonly #options: DebugItemOptions;

  constructor(options: DebugItemOptions) {
    this.#options = options;
  }

  /**
   * @param argument a `DebugRequest`, the URI of a file, the row of an item in the panel, or nothing
   * @returns whether the debugger was started
   * @throws {EditorError} instead of telling, when a program asks
   */
  async execute(kind: 'item' | 'workers', argument?: unknown): Promise<boolean> {
    const request = toRequest(argument);
    try {
      if (!vscode.workspace.isTrusted) throw errors.untrusted();
      const row = rowIndex(argument);
      if (row !== undefined) return await this.#debugRow(row);
      return await this.#execute(kind, checkDebugRequest(request));
    } catch (error) {
      if (isComplete(request)) throw error;
      tellError(error, this.#options.log);
      return false;
    }
  }

  async #execute(kind: 'item' | 'workers', request: DebugRequest): Promise<boolean> {
    const { memory, log } = this.#options;
    const target = await chooseFunction(request, kind === 'item' ? 'Debug One Item' : 'Debug with Workers');
    if (target === undefined) return false;
    const chosen = await this.#choose(kind, target, request);
    if (chosen === undefined) return false;
    const { item: _, value: __, ...asked } = request;
    const scope = vscode.Uri.file(target.file);
    const node = await userNode(target.cwd, log, scope);
    const config = resolveRunConfig(target, chosen.data, asked, readRunSettings(scope), node);
    if (chosen.data !== '') await memory.rememberDataset(functionKey(target), chosen.data);
    return this.#start(config, chosen.what);
  }

  /** An item of the newest run, just as it was run. */
  async #debugRow(index: number): Promise<boolean> {
    const { lastConfig, model } = this.#options.runs;
    if (lastConfig === null || model.header === null) throw errors.noRun();
    // A run that goes on with another one may name neither itself.
    const { function: name, dataset } = model.header;
    return this.#start({ ...lastConfig, function: name, data: dataset.source }, { kind: 'item', index });
  }

  async #choose(
    kind: 'item' | 'workers',
    target: RunTarget,
    request: DebugRequest,
  ): Promise<ChosenItem | undefined> {
    const { item, value, data } = request;
    const { memory, log } = this.#options;
    const remembered = memory.datasets(functionKey(target));
    const ask = (): Promise<string | undefined> =>
      askDataset(target, request, { ...this.#options, node: userNode(target.cwd, log) });
    if (value !== undefined) return { what: { kind: 'value', json: JSON.stringify(value) }, data: '' };
    if (kind === 'item' && item === undefined && data === undefined)
      return chooseItem(target, remembered, ask);
    const source = data ?? (item === undefined ? undefined : remembered[0]);
    const chosen = source ?? (await ask());
    if (chosen === undefined) return undefined;
    return { what: kind === 'item' ? { kind, index: item ?? 0 } : { kind }, data: chosen };
  }

  async #start(config: RunConfig, what: Debugged): Promise<boolean> {
    const { log, commandFile } = this.#options;
    const node = await userNode(config.cwd, log);
    await vscode.workspace.saveAll(false);
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(config.cwd));
    const started = await vscode.debug.startDebugging(
      folder,
      debugConfiguration({ config, what, node, commandFile }),
    );
    if (started && !vscode.debug.breakpoints.some(({ enabled }) => enabled))
      vscode.debug.activeDebugConsole.appendLine('Manycore: no breakpoint is set, so nothing stops.');
    return started;
  }
}

function toRequest(argument: unknown): DebugRequest {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (rowIndex(argument) !== undefined || typeof argument !== 'object' || argument === null) return {};
  return argument;
}

/** The context menu of a row in the panel gives what the row says of itself in `data-vscode-context`. */
function rowIndex(argument: unknown): number | undefined {
  if (typeof argument !== 'object' || argument === null || !('manycoreItem' in argument)) return undefined;
  return typeof argument.manycoreItem === 'number' ? argument.manycoreItem : undefined;
}
