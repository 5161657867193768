import * as vscode from 'vscode';
import { type FoundNode, findNode, NodeSearchError } from '../../node/find-node.ts';
import type { RunConfig } from '../../protocol/run.ts';
import { formatMs, formatSpeedup, plural } from '../../report/format.ts';
import { Command } from '../contributions.ts';
import { errors } from '../errors.ts';
import type { RunOutcome } from '../runs/job-process.ts';
import { withRunProgress } from '../runs/run-progress.ts';
import type { Runs } from '../runs/runs.ts';
import { readSetting } from '../settings/settings.ts';
import { type Offer, offer, tellError } from '../user-messages.ts';
import { chooseDataset } from './choose-dataset.ts';
import { chooseFunction } from './choose-function.ts';
import { DatasetPreviews } from './dataset-previews.ts';
import type { FunctionMemory } from './memory.ts';
import { mayRun, type Preflight } from './preflight.ts';
import { functionKey, type RunTarget, resolveRunConfig } from './resolve-run-config.ts';
import { checkRunRequest, type RunRequest } from './run-request.ts';

export interface RunInParallelOptions {
  readonly runs: Runs;
  readonly memory: FunctionMemory;
  readonly log: vscode.LogOutputChannel;
  /** The job host's bundle. */
  readonly hostFile: string;
  /** Brings the panel into sight without taking the focus. */
  readonly showPanel: () => Thenable<unknown>;
  readonly preflight: Preflight;
  /** Something that a lens shows has changed. */
  readonly onRemembered: () => void;
}

/** *Run in Parallel*, from wherever it is asked for. */
export class RunInParallel {
  readonly #options: RunInParallelOptions;

  constructor(options: RunInParallelOptions) {
    this.#options = options;
  }

  /**
   * @param argument a `RunRequest`, the URI of a file (menus give one), or nothing
   * @returns how the run ended; undefined when the user gave up, or was told of an error
   * @throws {EditorError} instead of telling, when `data` was given: then a program asks
   */
  async execute(argument?: unknown): Promise<RunOutcome | undefined> {
    try {
      return await this.#execute(toRequest(argument));
    } catch (error) {
      const isProgram = typeof argument === 'object' && argument !== null && 'data' in argument;
      if (isProgram) throw error;
      tellError(error, this.#options.log);
      return undefined;
    }
  }

  /** The newest run once more, just as it was. */
  async again(): Promise<RunOutcome | undefined> {
    try {
      const config = this.#options.runs.lastConfig;
      if (config === null) throw errors.noRun();
      if (!(await this.#mayStart('ask'))) return undefined;
      const node = await this.#findNode(config.cwd);
      return await this.#run({ ...config, runDir: undefined, nodeReason: node.reason }, node);
    } catch (error) {
      tellError(error, this.#options.log);
      return undefined;
    }
  }

  async #execute(request: RunRequest): Promise<RunOutcome | undefined> {
    if (!vscode.workspace.isTrusted) throw errors.untrusted();
    const target = await chooseFunction(request);
    if (target === undefined) return undefined;
    const { memory } = this.#options;
    const key = functionKey(target);
    const scope = vscode.Uri.file(target.file);
    const data = request.data ?? (await this.#chooseDataset(target, request, scope));
    if (data === undefined) return undefined;
    const asks = request.data === undefined;
    if (!(await mayRun(target, this.#options.preflight, asks, this.#options.log))) return undefined;
    if (!(await this.#mayStart(request.ifRunning ?? (request.data === undefined ? 'ask' : 'fail'))))
      return undefined;
    const settings = {
      'manycore.workers': readSetting('manycore.workers', scope),
      'manycore.run.baseline': readSetting('manycore.run.baseline', scope),
      'manycore.run.sweep': readSetting('manycore.run.sweep', scope),
      'manycore.run.loader': readSetting('manycore.run.loader', scope),
    };
    const node = await this.#findNode(target.cwd, scope);
    const config = resolveRunConfig(target, data, request, settings, node);
    await vscode.workspace.saveAll(false);
    await memory.rememberDataset(key, data);
    return this.#run(config, node);
  }

  async #chooseDataset(
    target: RunTarget,
    request: RunRequest,
    scope: vscode.Uri,
  ): Promise<string | undefined> {
    const { memory, log, hostFile } = this.#options;
    using previews = new DatasetPreviews({
      ...{ hostFile, cwd: target.cwd, env: process.env },
      node: this.#findNode(target.cwd, scope),
      log: (line) => log.debug(line),
    });
    const { typed, spread, args, skip, limit, onBadRecord } = request;
    const shown = { typed, spread, args, skip, limit, onBadRecord, cwd: target.cwd, name: target.exportName };
    return await chooseDataset(target, memory.datasets(functionKey(target)), (data) =>
      previews.ask({ ...shown, data, callsExport: false }),
    );
  }

  async #run(config: RunConfig, node: FoundNode): Promise<RunOutcome> {
    const { runs, memory, log, showPanel } = this.#options;
    const done = runs.start(config, node);
    // Not waited for: a panel that does not appear must not hold up the run.
    Promise.resolve(showPanel()).catch((error: unknown) => log.warn(`panel: ${error}`));
    const outcome = await withRunProgress(runs, `Running ${config.function} over ${config.data}`, done);
    if (outcome.summary !== null) {
      await memory.rememberRun(config.function, outcome.summary);
      this.#options.onRemembered();
    }
    this.#tellEnd(config, outcome);
    return outcome;
  }

  async #findNode(cwd: string, scope?: vscode.Uri): Promise<FoundNode> {
    const { log } = this.#options;
    const configured = readSetting('manycore.node.path', scope);
    const ownRuntime = process.execPath;
    const search = { configured, cwd, env: process.env, ownRuntime, log: (line: string) => log.debug(line) };
    return findNode(search).catch((error: unknown) => {
      throw error instanceof NodeSearchError ? errors.node(error.message) : error;
    });
  }

  async #mayStart(ifRunning: 'ask' | 'stop' | 'fail'): Promise<boolean> {
    const { runs } = this.#options;
    const current = runs.current;
    if (current === null) return true;
    const name = runs.lastConfig?.function ?? 'A run';
    if (ifRunning === 'fail') throw errors.busy(name);
    const stopIt = 'Stop It and Run';
    const answer =
      ifRunning === 'stop'
        ? stopIt
        : await vscode.window.showWarningMessage(`${name} is still running.`, { modal: true }, stopIt);
    if (answer !== stopIt) return false;
    current.stop();
    await current.outcome;
    return true;
  }

  #tellEnd(config: RunConfig, { exitCode, summary, failure }: RunOutcome): void {
    const { log } = this.#options;
    const showPanel: Offer = {
      label: 'Show Panel',
      apply: () => vscode.commands.executeCommand(Command.showPanel),
    };
    const openReport: Offer = {
      label: 'Open Report',
      apply: () => vscode.commands.executeCommand(Command.openReport),
    };
    const showLogs: Offer = {
      label: 'Show Logs',
      apply: () => vscode.commands.executeCommand(Command.showLogs),
    };
    const labels = (...offers: Offer[]): string[] => offers.map(({ label }) => label);
    if (failure !== null && exitCode !== 130) {
      const text = [failure.message.split('\n')[0], failure.hint].filter(Boolean).join(' ');
      const offers = [showPanel, showLogs];
      offer(vscode.window.showErrorMessage(`${config.function}: ${text}`, ...labels(...offers)), offers, log);
    } else if (summary !== null) {
      const speed = summary.speedup === null ? '' : `, ${formatSpeedup(summary.speedup)}`;
      const failed = summary.failed === 0 ? '' : `, ${summary.failed} failed`;
      const how = summary.interrupted ? ' before it was stopped' : '';
      const text = `${config.function}: ${plural(summary.items, 'item')}${failed}${how} in ${formatMs(summary.wallMs)}${speed} on ${plural(summary.workers, 'worker')}`;
      const offers = [showPanel, openReport];
      const show =
        summary.failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
      offer(show(text, ...labels(...offers)), offers, log);
    }
  }
}

/** Menus give the URI of the file, lenses and programs an object. */
function toRequest(argument: unknown): RunRequest {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (typeof argument === 'object' && argument !== null) return checkRunRequest(argument);
  return {};
}
