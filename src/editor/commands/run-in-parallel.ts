import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FoundNode } from '../../node/find-node.ts';
import type { RunConfig, RunSummary } from '../../protocol/run.ts';
import { itemCount, workerCount } from '../../report/counts.ts';
import { formatCount, formatMs, formatSpeedup } from '../../report/format.ts';
import type { RunModel } from '../../report/model.ts';
import { verificationText } from '../../report/verification-text.ts';
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
   * @param token stops the run
   * @returns how the run ended; undefined when the user gave up, or was told of an error
   * @throws {EditorError} instead of telling, when `data` was given: then a program asks
   */
  async execute(argument?: unknown, token?: vscode.CancellationToken): Promise<RunOutcome | undefined> {
    try {
      return await this.#execute(toRequest(argument), token);
    } catch (error) {
      const isProgram = typeof argument === 'object' && argument !== null && 'data' in argument;
      if (isProgram) throw error;
      tellError(error, this.#options.log);
      return undefined;
    }
  }

  /**
   * Runs what is completely described. Undefined when another run goes on and the user wants to keep that.
   * @param verified the run that `config.verifyRun` names, as it is shown
   * @throws {EditorError} where it cannot begin
   */
  async start(config: RunConfig, verified: RunModel | null = null): Promise<RunOutcome | undefined> {
    if (!vscode.workspace.isTrusted) throw errors.untrusted();
    if (!existsSync(config.cwd)) throw errors.cwdGone(config.cwd);
    if (!(await this.#mayStart('ask'))) return undefined;
    const node = await userNode(config.cwd, this.#options.log);
    return await this.#run({ ...config, nodeReason: node.reason }, node, verified);
  }

  /** The newest run once more, or one that is asked for, with a CPU profile; opens that of the heaviest worker. */
  async profile(argument?: unknown): Promise<RunOutcome | undefined> {
    const newest = this.#options.runs.lastConfig;
    const outcome =
      argument !== undefined || newest === null
        ? await this.execute({ ...toRequest(argument), cpuProf: true })
        : await this.start({ ...newest, cpuProf: true, runDir: undefined });
    const { summary } = outcome ?? {};
    if (!summary) return outcome;
    const file = heaviestProfile(summary);
    if (file === undefined) tellError(errors.noProfile(), this.#options.log);
    else await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    return outcome;
  }

  async #execute(request: RunRequest, token?: vscode.CancellationToken): Promise<RunOutcome | undefined> {
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
    return this.#run(config, node, null, token);
  }

  async #run(
    config: RunConfig,
    node: FoundNode,
    verified: RunModel | null = null,
    token?: vscode.CancellationToken,
  ): Promise<RunOutcome> {
    const { runs, memory, log, showPanel } = this.#options;
    if (token?.isCancellationRequested) throw new vscode.CancellationError();
    const done = runs.start(config, node, verified);
    // Told at once when it was cancelled meanwhile; ended with the run, as another one may begin then.
    const stopping = token?.onCancellationRequested(() => runs.stop());
    done.finally(() => stopping?.dispose()).catch(() => undefined);
    // Not waited for: a panel that does not appear must not hold up the run.
    Promise.resolve(showPanel()).catch((error: unknown) => log.warn(`panel: ${error}`));
    const outcome = await withRunProgress(runs, titleOf(config), done);
    if (outcome.summary !== null && verified === null) {
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
    const stopIt = vscode.l10n.t('Stop It and Run');
    const answer =
      ifRunning === 'stop'
        ? stopIt
        : await vscode.window.showWarningMessage(
            vscode.l10n.t('{0} is still running.', name),
            { modal: true },
            stopIt,
          );
    if (answer !== stopIt) return false;
    current.stop();
    await current.outcome;
    return true;
  }

  #tellEnd(config: RunConfig, { exitCode, summary, failure }: RunOutcome): void {
    const { log } = this.#options;
    const showPanel: Offer = {
      label: vscode.l10n.t('Show Panel'),
      apply: () => vscode.commands.executeCommand(Command.showPanel),
    };
    const openReport: Offer = {
      label: vscode.l10n.t('Open Report'),
      apply: () => vscode.commands.executeCommand(Command.openReport),
    };
    const showLogs: Offer = {
      label: vscode.l10n.t('Show Logs'),
      apply: () => vscode.commands.executeCommand(Command.showLogs),
    };
    const labels = (...offers: Offer[]): string[] => offers.map(({ label }) => label);
    if (failure !== null && exitCode !== 130) {
      const text = [failure.message.split('\n')[0], failure.hint].filter(Boolean).join(' ');
      const offers = [showPanel, showLogs];
      offer(vscode.window.showErrorMessage(`${config.function}: ${text}`, ...labels(...offers)), offers, log);
    } else if (config.verifyRun !== undefined && summary?.verification !== undefined) {
      const { verification } = summary;
      const show =
        verification.differences > 0
          ? vscode.window.showWarningMessage
          : vscode.window.showInformationMessage;
      const text = `${config.function}: ${verificationText(verification)}`;
      offer(show(text, ...labels(showPanel)), [showPanel], log);
    } else if (summary !== null) {
      const text = endText(config, summary);
      const offers = [showPanel, openReport];
      const show =
        summary.failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
      offer(show(text, ...labels(...offers)), offers, log);
    }
  }
}

function titleOf({ function: name, data, verifyRun, resume, onlyFailed }: RunConfig): string {
  const { t } = vscode.l10n;
  if (verifyRun !== undefined) return t('Verifying {0} over {1}', name, data);
  if (resume !== undefined) return t('Resuming {0} over {1}', name, data);
  if (onlyFailed !== undefined) return t('Running failed items of {0} again', name);
  return t('Running {0} over {1}', name, data);
}

/** `src/score.ts#score: 24 items, 2 failed in 3.1 s, 1.94x on 2 workers`. */
function endText({ function: name }: RunConfig, summary: RunSummary): string {
  const { failed, interrupted, speedup } = summary;
  const items = itemCount(summary.items);
  const done = failed === 0 ? items : vscode.l10n.t('{0}, {1} failed', items, formatCount(failed));
  const time = formatMs(summary.wallMs);
  const gained = speedup === null ? time : `${time}, ${formatSpeedup(speedup)}`;
  const workers = workerCount(summary.workers);
  return interrupted
    ? vscode.l10n.t('{0}: {1} before it was stopped in {2} on {3}', name, done, gained, workers)
    : vscode.l10n.t('{0}: {1} in {2} on {3}', name, done, gained, workers);
}

/** Menus give the URI of the file, lenses and programs an object. */
function toRequest(argument: unknown): RunRequest {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (typeof argument === 'object' && argument !== null) return checkRunRequest(argument);
  return {};
}
