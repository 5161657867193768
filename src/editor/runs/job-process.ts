import { type ChildProcess, spawn } from 'node:child_process';
import { environmentForNode } from '../../node/environment.ts';
import type { FoundNode } from '../../node/find-node.ts';
import {
  PROTOCOL_VERSION,
  type RunCommand,
  type RunConfig,
  type RunEvent,
  type RunExitCode,
  type RunFailure,
  type RunSummary,
} from '../../protocol/run.ts';
import * as l10n from '../../report/l10n.ts';
import { type EditorError, errors } from '../errors.ts';
import { lineSplitter } from './line-splitter.ts';

export interface JobProcessOptions {
  readonly node: FoundNode;
  /** The job host's bundle. */
  readonly hostFile: string;
  readonly config: RunConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: RunEvent) => void;
  readonly log: (line: string) => void;
  /** Time in ms from `stop` until the process is killed; default 10 s, more than workers get to end. */
  readonly stopGrace?: number;
}

/** How a run ended. */
export interface RunOutcome {
  readonly exitCode: RunExitCode;
  readonly runDir: string | null;
  readonly summary: RunSummary | null;
  readonly failure: RunFailure | null;
}

const STOP_GRACE = 10_000;
/** Time in ms that the process may take to end by itself after its last event. */
const EXIT_GRACE = 5_000;
/** Time in ms from the end of the process until its pipes are given up. */
const PIPE_GRACE = 2_000;
/** Lines of stderr that are shown when the process dies. */
const LAST_LINES = 12;

/**
 * The job host of one run, as its own process. `outcome` always settles: with the run's own end, or, when the process
 * dies or cannot be started, with a `failed` event made here.
 */
export class JobProcess {
  readonly outcome: Promise<RunOutcome>;
  readonly #child: ChildProcess;
  readonly #options: JobProcessOptions;
  readonly #lastLines: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #runDir: string | null = null;
  #last: Extract<RunEvent, { type: 'finished' | 'failed' }> | null = null;
  #stopping = false;

  constructor(options: JobProcessOptions) {
    this.#options = options;
    const env = environmentForNode(options.env);
    if (options.node.electron) env['ELECTRON_RUN_AS_NODE'] = '1';
    this.#child = spawn(options.node.path, [options.hostFile], {
      cwd: options.config.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    });
    this.outcome = this.#watch();
    this.#send({ type: 'run', config: options.config });
  }

  /** Undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Asks the run to end, and kills the process when it has not after the grace. */
  stop(): void {
    if (this.#stopping || this.#last !== null) return;
    this.#stopping = true;
    this.#send({ type: 'stop' });
    this.#killAfter(this.#options.stopGrace ?? STOP_GRACE);
  }

  /** Ends the process at once. Its workers end when they lose it. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #watch(): Promise<RunOutcome> {
    const child = this.#child;
    const out = lineSplitter((line) => this.#options.log(line));
    const err = lineSplitter((line) => this.#keepLine(line));
    child.stdout?.setEncoding('utf8').on('data', out.push);
    child.stderr?.setEncoding('utf8').on('data', err.push);
    child.on('message', (message) => this.#receive(message as RunEvent));
    const death = await new Promise<{ how: string } | { failure: Error }>((resolve) => {
      child.once('error', (failure) => {
        // Also reported for a message that could not be sent: then `close` tells how the process ended.
        if (child.pid === undefined) resolve({ failure });
        else this.#options.log(`job host: ${failure.message}`);
      });
      child.once('close', (code, signal) => resolve({ how: describeExit(code, signal) }));
      // A grandchild that holds the pipes open must not hold up the end.
      child.once('exit', (code, signal) =>
        this.#after(PIPE_GRACE, () => resolve({ how: describeExit(code, signal) })),
      );
    });
    for (const timer of this.#timers) clearTimeout(timer);
    out.end();
    err.end();
    if (this.#last === null) this.#reportDeath(death);
    return this.#result();
  }

  #receive(event: RunEvent): void {
    if (this.#last !== null) return;
    if (event.type === 'started') {
      this.#runDir = event.header.runDir;
      if (event.protocol !== PROTOCOL_VERSION) {
        this.#fail(errors.protocol(PROTOCOL_VERSION, event.protocol), 3);
        this.kill();
        return;
      }
    }
    if (event.type === 'finished' || event.type === 'failed') {
      this.#last = event;
      this.#killAfter(EXIT_GRACE);
    }
    this.#options.onEvent(event);
  }

  #reportDeath(death: { how: string } | { failure: Error }): void {
    if ('failure' in death)
      this.#fail(errors.hostNotStarted(this.#options.node.path, death.failure.message), 3);
    else this.#fail(errors.hostDied(death.how, this.#lastLines), this.#stopping ? 130 : 3);
  }

  #fail(error: EditorError, exitCode: RunExitCode): void {
    const hint = l10n.t(
      'What was done until then is kept in the run folder. "Manycore: Show Logs" has the details.',
    );
    const failure = { code: error.code, message: error.message, hint, runDir: this.#runDir ?? undefined };
    this.#last = { type: 'failed', failure, exitCode };
    this.#options.onEvent(this.#last);
  }

  #result(): RunOutcome {
    const last = this.#last;
    if (last?.type === 'finished') {
      const { summary, exitCode } = last;
      return { exitCode, runDir: summary.runDir, summary, failure: null };
    }
    const failure = last?.failure ?? null;
    return { exitCode: last?.exitCode ?? 3, runDir: failure?.runDir ?? this.#runDir, summary: null, failure };
  }

  #send(command: RunCommand): void {
    // A process that is gone takes no command; its end is reported by `close`.
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  #keepLine(line: string): void {
    this.#options.log(line);
    this.#lastLines.push(line);
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
  }

  #killAfter(ms: number): void {
    this.#after(ms, () => {
      this.#options.log(`job host ${this.pid} did not end within ${ms} ms and is killed`);
      this.kill();
    });
  }

  #after(ms: number, then: () => void): void {
    this.#timers.add(setTimeout(then, ms));
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal !== null
    ? l10n.t('was ended by {0}', signal)
    : l10n.t('ended with exit code {0}', String(code));
}
