import * as vscode from 'vscode';
import type { FoundNode } from '../../node/find-node.ts';
import type { RunConfig } from '../../protocol/run.ts';
import { formatMs, formatSpeedup, plural } from '../../report/format.ts';
import { Command } from '../contributions.ts';
import { errors } from '../errors.ts';
import { heaviestProfile } from '../runs/heaviest-profile.ts';
import type { RunOutcome } from '../runs/job-process.ts';
import { withRunProgress } from '../runs/run-progress.ts';
import type { Runs } from '../runs/runs.ts';
import { userNode } from '../runs/user-node.ts';
import { readRunSettings } from '../settings/settings.ts';
import { type Offer, offer, tellError } from '../user-messages.ts';
import { askDataset } from './ask-dataset.ts';
import { chooseFunction } from './choose-function.ts';
import type { FunctionMemory } from './memory.ts';
import { mayRun, type Preflight } from './preflight.ts';
import { functionKey, resolveRunConfig } from './resolve-run-config.ts';
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

  /** The newest run once more, just as it was; with `profile`, each worker writes a CPU profile. */
  async again(profile = false): Promise<RunOutcome | undefined> {
    try {
      const config = this.#options.runs.lastConfig;
      if (config === null) throw errors.noRun();
      if (!(await this.#mayStart('ask'))) return undefined;
      const node = await userNode(config.cwd, this.#options.log);
      const cpuProf = profile || undefined;
      return await this.#run({ ...config, cpuProf, runDir: undefined, nodeReason: node.reason }, node);
    } catch (error) {
      tellError(error, this.#options.log);
      return undefined;
    }
  }

  /** The newest run once more, or one that is asked for, with a CPU profile; opens that of the heaviest worker. */
  async profile(argument?: unknown): Promise<RunOutcome | undefined> {
    const isNew = argument !== undefined || this.#options.runs.lastConfig === null;
    const outcome = isNew
      ? await this.execute({ ...toRequest(argument), cpuProf: true })
      : await this.again(true);
    const { summary } = outcome ?? {};
    if (!summary) return outcome;
    const file = heaviestProfile(summary);
    if (file === undefined) tellError(errors.noProfile(), this.#options.log);
    else await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    return outcome;
  }

  async #execute(request: RunRequest): Promise<RunOutcome | undefined> {
    if (!vscode.workspace.isTrusted) throw errors.untrusted();
    const target = await chooseFunction(request);
    if (target === undefined) return undefined;
    const { memory, log, hostFile } = this.#options;
    const key = functionKey(target);
    const scope = vscode.Uri.file(target.file);
    const asking = { memory, log, hostFile, node: userNode(target.cwd, log, scope) };
    const data = request.data ?? (await askDataset(target, request, asking));
    if (data === undefined) return undefined;
    const asks = request.data === undefined;
    if (!(await mayRun(target, this.#options.preflight, asks, this.#options.log))) return undefined;
    if (!(await this.#mayStart(request.ifRunning ?? (request.data === undefined ? 'ask' : 'fail'))))
      return undefined;
    const node = await asking.node;
    const config = resolveRunConfig(target, data, request, readRunSettings(scope), node);
    await vscode.workspace.saveAll(false);
    await memory.rememberDataset(key, data);
    return this.#run(config, node);
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
