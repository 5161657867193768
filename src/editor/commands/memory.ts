import type { RunSummary } from '../../protocol/run.ts';

/** Where small facts of a workspace are kept; `vscode.Memento` is one. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

/** Datasets remembered for one function; the oldest is forgotten first. */
export const MAX_DATASETS = 5;
/** Functions remembered in a workspace. */
export const MAX_FUNCTIONS = 200;

const DATASETS = 'manycore.datasets';
const LAST_RUNS = 'manycore.lastRuns';

/** How the last run of a function went, as far as its lens tells. */
export interface LastRun {
  readonly speedup: number | null;
  readonly workers: number;
  readonly wallMs: number;
  readonly items: number;
  readonly failed: number;
  readonly interrupted: boolean;
}

/** What is remembered of a function; `key` is `FILE#EXPORT`, with the file relative to its workspace folder. */
export class FunctionMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The newest first. */
  datasets(key: string): readonly string[] {
    return this.#all<readonly string[]>(DATASETS)[key] ?? [];
  }

  async rememberDataset(key: string, source: string): Promise<void> {
    const others = this.datasets(key).filter((each) => each !== source);
    await this.#put(DATASETS, key, [source, ...others].slice(0, MAX_DATASETS));
  }

  lastRun(key: string): LastRun | undefined {
    return this.#all<LastRun>(LAST_RUNS)[key];
  }

  async rememberRun(key: string, summary: RunSummary): Promise<void> {
    const { speedup, workers, wallMs, items, failed, interrupted } = summary;
    await this.#put(LAST_RUNS, key, { speedup, workers, wallMs, items, failed, interrupted });
  }

  #all<T>(name: string): Readonly<Record<string, T>> {
    return this.#memory.get<Record<string, T>>(name) ?? {};
  }

  /** The key goes to the end, so that the first ones are those unused for longest. */
  async #put(name: string, key: string, value: unknown): Promise<void> {
    const others = Object.entries(this.#all<unknown>(name)).filter(([each]) => each !== key);
    const kept = others.slice(Math.max(0, others.length + 1 - MAX_FUNCTIONS));
    await this.#memory.update(name, Object.fromEntries([...kept, [key, value]]));
  }
}
