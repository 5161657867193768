import * as vscode from 'vscode';
import type { FoundNode } from '../../node/find-node.ts';
import type { RunConfig, RunEvent } from '../../protocol/run.ts';
import { applyEvent, emptyModel, type RunModel } from '../../report/model.ts';
import { ContextKey } from '../contributions.ts';
import { errors } from '../errors.ts';
import { JobProcess, type RunOutcome } from './job-process.ts';

/** Time in ms that a run gets to end when the window closes; VS Code itself waits five seconds. */
const CLOSE_GRACE = 3_500;

export interface RunsOptions {
  readonly hostFile: string;
  readonly log: vscode.LogOutputChannel;
}

/** The run under way and the model of the newest one. One run at a time in a window. */
export class Runs implements vscode.Disposable {
  readonly #options: RunsOptions;
  readonly #changed = new vscode.EventEmitter<RunEvent>();
  readonly #replaced = new vscode.EventEmitter<void>();
  #model: RunModel = emptyModel();
  #current: JobProcess | null = null;
  #lastConfig: RunConfig | null = null;
  /** The run that is being verified, as it was before. */
  #verified: RunModel | null = null;

  /** Another model has taken the place of the one before: a run begins, or a run is verified. */
  readonly onDidReplace = this.#replaced.event;
  /** After the model has taken the event. */
  readonly onDidEvent = this.#changed.event;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  get model(): RunModel {
    return this.#model;
  }

  /** The run under way. */
  get current(): JobProcess | null {
    return this.#current;
  }

  get lastConfig(): RunConfig | null {
    return this.#lastConfig;
  }

  /**
   * Starts a run; the promise settles when it has ended, in whichever way.
   * @param verified the run that `config.verifyRun` names: it stays what is shown, and is shown as it was where that fails
   * @throws {EditorError} `ERR_MANYCORE_BUSY` while another one is under way.
   */
  async start(config: RunConfig, node: FoundNode, verified: RunModel | null = null): Promise<RunOutcome> {
    if (this.#current !== null) throw errors.busy(this.#lastConfig?.function ?? 'A run');
    const { log, hostFile } = this.#options;
    log.info(`run ${config.function} over ${config.data} in ${config.cwd}`);
    log.info(`Node ${node.version}: ${node.path} (${node.reason})`);
    const process_ = new JobProcess({
      ...{ node, hostFile, config, env: process.env },
      onEvent: (event) => this.#take(event),
      log: (line) => log.info(`[job host] ${line}`),
    });
    this.#current = process_;
    if (verified === null) this.#lastConfig = config;
    this.#verified = verified;
    this.#model = verified ?? emptyModel();
    this.#replaced.fire();
    const phase = verified === null ? 'preparing' : 'verifying';
    this.#take({ type: 'phase', phase, time: Date.now() });
    setContext(ContextKey.running, true);
    setContext(ContextKey.hasRun, true);
    try {
      return await process_.outcome;
    } finally {
      this.#current = null;
      setContext(ContextKey.running, false);
    }
  }

  /** Asks the run under way to end; false when there is none. */
  stop(): boolean {
    this.#current?.stop();
    return this.#current !== null;
  }

  /** Ends the run under way, by force when it does not end in time. */
  async close(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    const timer = setTimeout(() => current.kill(), CLOSE_GRACE);
    current.stop();
    await current.outcome;
    clearTimeout(timer);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#replaced.dispose();
  }

  #take(event: RunEvent): void {
    // The job host reads the function and the data before it compares: that phase is part of verifying.
    if (this.#verified !== null && event.type === 'phase' && event.phase !== 'verifying') return;
    if (this.#verified !== null && event.type === 'failed') {
      this.#options.log.error(`${event.failure.code}: ${event.failure.message}`);
      this.#model = this.#verified;
      this.#replaced.fire();
      return;
    }
    this.#model = applyEvent(this.#model, event);
    if (event.type === 'failed') this.#options.log.error(`${event.failure.code}: ${event.failure.message}`);
    this.#changed.fire(event);
  }
}

function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
