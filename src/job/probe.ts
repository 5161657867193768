import { Pool, workerFunction } from '../../runtime/index.ts';
import type { TaskPlan } from './call.ts';
import { JobError } from './errors.ts';
import { importFailure } from './import-failure.ts';
import type * as Task from './task.ts';
import type { TaskItem } from './task-text.ts';
import type { Timing, TimingBudget, WarmUp } from './timing.ts';

/** The module that workers import: beside this file in the source tree, beside the bundle when bundled. */
export const TASK_MODULE = new URL(
  import.meta.url.endsWith('.ts') ? './task.ts' : './task.js',
  import.meta.url,
);

/** How worker processes are started. */
export interface WorkerSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
}

/**
 * One worker with the user's module, apart from the pool of the run: checks that the function is there, and measures
 * how long items take alone.
 */
export class Probe implements AsyncDisposable {
  readonly #pool: Pool;

  /** `onLine` gets what the user's code writes. */
  constructor(settings: WorkerSettings, onLine: (stream: 'stdout' | 'stderr', line: string) => void) {
    this.#pool = new Pool(1, { ...settings, name: 'Probe' });
    this.#pool.on('output', ({ stream, line }) => onLine(stream, line));
  }

  /** Imports the module and gives the name of the function. Throws a `JobError` that says what is wrong with it. */
  async prepare(plan: TaskPlan): Promise<string> {
    const probeTask = workerFunction<typeof Task.probeTask>(TASK_MODULE, 'probeTask');
    const probe = await this.#pool.apply(probeTask, [plan]).catch((error: unknown) => {
      throw endedWhileImported(plan.file, error);
    });
    if (probe.ok) return probe.exportName;
    if ('job' in probe) throw new JobError(probe.job.code, probe.job.message, { hint: probe.job.hint });
    throw importFailure(plan.file, probe.thrown);
  }

  warmUp(items: readonly unknown[], limit: number, timeout: number): Promise<WarmUp> {
    const warmUp = workerFunction<typeof Task.warmUp>(TASK_MODULE, 'warmUp');
    return this.#pool.apply(warmUp, [items, limit], { timeout });
  }

  timeItems(items: readonly unknown[], budget: TimingBudget, timeout: number): Promise<Timing> {
    const timeItems = workerFunction<typeof Task.timeItems>(TASK_MODULE, 'timeItems');
    return this.#pool.apply(timeItems, [items, budget], { timeout });
  }

  timeEach(items: readonly unknown[], timeout: number | undefined): Promise<readonly number[]> {
    const timeEach = workerFunction<typeof Task.timeEach>(TASK_MODULE, 'timeEach');
    return this.#pool.apply(timeEach, [items], { timeout });
  }

  /** What each item gives, one after the other: `{"ok":...,"value"|"error":...}` as text. */
  runAlone(items: readonly TaskItem[], timeout: number | undefined): Promise<readonly string[]> {
    const runAlone = workerFunction<typeof Task.runAlone>(TASK_MODULE, 'runAlone');
    return this.#pool.apply(runAlone, [items], { timeout });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.terminate();
  }
}

function endedWhileImported(file: string, error: unknown): JobError {
  const reason = error instanceof Error ? error.message : String(error);
  return new JobError('ERR_MANYCORE_IMPORT', `${file} cannot be prepared in a worker: ${reason}`, {
    hint: 'What the module does when it is run as a program belongs under a guard: if (isMainProcess) { ... }',
    exitCode: error instanceof Error && 'code' in error && error.code === 'ERR_MANYCORE_WORKER_DIED' ? 2 : 3,
    cause: error,
  });
}
