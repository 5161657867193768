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
  #model: RunModel = emptyModel();
  #current: JobProcess | null = null;
  #lastConfig: RunConfig | null = null;

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
   * @throws {EditorError} `ERR_MANYCORE_BUSY` while another one is under way.
   */
  async start(config: RunConfig, node: FoundNode): Promise<RunOutcome> {
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
    this.#lastConfig = config;
    this.#model = emptyModel();
    this.#take({ type: 'phase', phase: 'preparing', time: Date.now() });
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
  }

  #take(event: RunEvent): void {
    this.#model = applyEvent(this.#model, event);
    if (event.type === 'failed') this.#options.log.error(`${event.failure.code}: ${event.failure.message}`);
    this.#changed.fire(event);
  }
}

function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
