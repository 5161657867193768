import { resolve } from 'node:path';
import type { EarlierFacts, RunConfig } from '../protocol/run.ts';
import { usage } from './check-config.ts';
import { ALL_ITEMS, type Choice, failedOnly, unfinished } from './choice.ts';
import type { Records } from './records.ts';
import { compareDataset, type EarlierRun, existingRun, loadRun, repairRun, storedConfig } from './resume.ts';
import type { RunFolder } from './run-folder.ts';
import { RunLock } from './run-lock.ts';

/** What a run goes on with: nothing, a run that is resumed or verified, or the failed items of one. */
export class Earlier implements Disposable {
  /** What is asked for, with what the earlier run says where nothing is. */
  readonly config: RunConfig;
  readonly #run: EarlierRun | null;
  readonly #lock: Disposable | null;

  private constructor(config: RunConfig, run: EarlierRun | null, lock: Disposable | null) {
    this.config = config;
    this.#run = run;
    this.#lock = lock;
  }

  /** Reads the run that `config` names, if any, and keeps others from working in it. Throws a `JobError`. */
  static async open(config: RunConfig): Promise<Earlier> {
    const { resume, onlyFailed, verifyRun, cwd } = config;
    const [path, ...others] = [resume, onlyFailed, verifyRun].filter((each) => each !== undefined);
    if (others.length > 0) throw usage('--resume, --only-failed and verifying a run exclude each other');
    if (path === undefined) {
      if (config.force) throw usage('--force belongs to --resume or --only-failed');
      return new Earlier(config, null, null);
    }
    if (resume !== undefined && config.runDir !== undefined) {
      throw usage('A run is resumed in its own folder: leave out --run-dir');
    }
    const folder = existingRun(resolve(cwd, path));
    const lock = new RunLock(folder.path);
    try {
      const run = await loadRun(folder);
      const held = onlyFailed === undefined ? lock : null;
      return new Earlier(completed(config, run), run, held);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    } finally {
      if (onlyFailed !== undefined) lock[Symbol.dispose]();
    }
  }

  /** The folder to go on in; null for a new one. */
  get folder(): RunFolder | null {
    return this.config.resume === undefined ? null : (this.#run?.folder ?? null);
  }

  /** The folder of the earlier run; null where there is none. */
  get source(): RunFolder | null {
    return this.#run?.folder ?? null;
  }

  get choice(): Choice {
    if (this.#run === null) return ALL_ITEMS;
    const { finished } = this.#run;
    return this.config.resume === undefined ? failedOnly(finished) : unfinished(finished);
  }

  /** Whether what is done is done in this very folder, and counts. */
  get before(): { done: number; failed: number } {
    if (this.config.resume === undefined || this.#run === null) return { done: 0, failed: 0 };
    const { count, failed } = this.#run.finished;
    return { done: count, failed };
  }

  facts(functionHash: string): EarlierFacts | undefined {
    if (this.#run === null) return undefined;
    const { folder, finished, headers } = this.#run;
    return {
      kind: this.config.resume === undefined ? 'only-failed' : 'resume',
      run: folder.path,
      items: finished.count,
      failed: finished.failed,
      functionChanged: headers.at(-1)?.functionHash !== functionHash,
    };
  }

  /** Throws a `JobError` where the dataset is not the one of the earlier run any more, unless that is forced. */
  async compare(read: () => Records): Promise<void> {
    if (this.#run === null) return;
    const { force = false, data: source, onlyFailed } = this.config;
    await compareDataset(this.#run, read(), { force, source, failedOnly: onlyFailed !== undefined });
  }

  /** Makes the files of a run that is resumed ready to be added to. */
  async repair(): Promise<void> {
    if (this.#run !== null && this.config.resume !== undefined) await repairRun(this.#run);
  }

  [Symbol.dispose](): void {
    this.#lock?.[Symbol.dispose]();
  }
}

/** What is given, over what the earlier run had; paths that are given belong to the working directory of now. */
function completed(given: RunConfig, run: EarlierRun): RunConfig {
  const { function: target, data, cwd } = given;
  if (target !== '' && data !== '') return given;
  if (target !== '' || data !== '') {
    throw usage('To go on with a run, name both the function and the dataset, or neither');
  }
  const {
    resume: _,
    onlyFailed: __,
    verifyRun: ___,
    force: ____,
    runDir: _____,
    ...stored
  } = storedConfig(run);
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const paths = Object.fromEntries(
    (['resume', 'onlyFailed', 'verifyRun', 'out', 'report', 'trace', 'runDir'] as const)
      .filter((name) => given[name] !== undefined)
      .map((name) => [name, resolve(cwd, given[name] ?? '')]),
  );
  return { ...stored, ...defined, ...paths, function: stored.function, data: stored.data, cwd: stored.cwd };
}
