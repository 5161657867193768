import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import { RUN_FILES } from '../../protocol/run-folder.ts';
import { type PastRun, readPastRun } from './past-run.ts';

/** Runs whose summaries are kept in memory; those read longest ago go first. */
const MAX_KEPT = 1_000;

/** Reads runs, and those that have ended only again when their `run.json` is another one. */
export class RunCache {
  readonly #kept = new Map<string, { readonly stamp: string; readonly run: PastRun }>();

  async read(folder: string): Promise<PastRun> {
    const stamp = await stampOf(folder);
    const kept = this.#kept.get(folder);
    if (stamp !== null && kept?.stamp === stamp) return kept.run;
    const run = await readPastRun(folder);
    this.#kept.delete(folder);
    // What has not ended may change at any time.
    if (stamp === null || run.summary === null) return run;
    this.#kept.set(folder, { stamp, run });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return run;
  }
}

/** Null for a run that has no summary, or that a process works in. */
async function stampOf(folder: string): Promise<string | null> {
  const found = await Promise.allSettled([
    stat(path.join(folder, RUN_FILES.summary)),
    stat(path.join(folder, RUN_FILES.lock)),
  ]);
  const [summary, lock] = found;
  if (summary.status === 'rejected' || lock.status === 'fulfilled') return null;
  return `${summary.value.mtimeMs} ${summary.value.size}`;
}
