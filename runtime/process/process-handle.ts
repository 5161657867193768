/** The child of a `Process`, as its parent holds it. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { ParentChannel } from '../transport/parent-channel.ts';
import { type ForkOptions, fork } from './fork.ts';
import { TO_PROCESS } from './protocol.ts';

/** What `setTimeout` can wait for, in ms. */
const LONGEST = 2 ** 31 - 1;

export class ProcessHandle {
  readonly #child: ChildProcess;
  readonly #channel: ParentChannel;
  readonly #daemon: boolean;
  readonly #ended: Promise<true>;
  #exitCode: number | null = null;
  #joining = 0;

  /**
   * Undefined when the system could not start the child. `first` is sent; `onEnd` is called when the child has ended.
   * A child that is no daemon keeps this process alive.
   */
  static start(
    options: ForkOptions,
    daemon: boolean,
    first: Buffer,
    onEnd: () => void,
  ): ProcessHandle | undefined {
    const child = fork({ ...options, output: 'inherit' });
    // Why it failed is told too late for who called.
    child.once('error', () => {});
    return child.pid === undefined ? undefined : new ProcessHandle(child, daemon, first, onEnd);
  }

  private constructor(child: ChildProcess, daemon: boolean, first: Buffer, onEnd: () => void) {
    this.#child = child;
    this.#daemon = daemon;
    this.#channel = new ParentChannel(
      child.stdio,
      null,
      () => {},
      () => {},
    );
    // The child holds this process or does not; its channel, which says nothing, has no part in that.
    this.#channel.unref();
    if (daemon) child.unref();
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exitCode = signal === null ? code : -constants.signals[signal];
        this.#channel.close();
        onEnd();
        resolve(true);
      });
    });
    this.#channel.open(TO_PROCESS.run, first.length).bytes(first);
    this.#channel.send();
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Null while it lives; -N when signal N ended it. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  get isAlive(): boolean {
    return this.#exitCode === null;
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.isAlive) this.#child.kill(signal);
  }

  /** True once it has ended, false after `timeout` ms. Meanwhile a daemon keeps this process alive, too. */
  async join(timeout: number): Promise<boolean> {
    if (!this.isAlive) return true;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolve) => {
      if (timeout <= LONGEST) timer = setTimeout(resolve, timeout, false);
    });
    if (this.#joining++ === 0) this.#child.ref();
    try {
      return await Promise.race([this.#ended, limit]);
    } finally {
      clearTimeout(timer);
      if (--this.#joining === 0 && this.#daemon) this.#child.unref();
    }
  }
}
