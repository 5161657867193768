import { join } from 'node:path';
import type { OutputLine } from '../protocol/run.ts';
import { LineFile } from './line-file.ts';

/** Logs that are kept open; a run whose workers die all the time has far more workers than that. */
const MAX_OPEN = 64;

/**
 * `output/worker-N.log`: everything that worker N wrote, each line with its time, stream and item:
 *
 *   2026-01-31T12:00:00.000Z  stdout  item 7  text of the line
 */
export class OutputLogs implements Disposable {
  readonly #folder: string;
  readonly #open = new Map<number | 'baseline', LineFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `worker` is its number, or `baseline` for the process that measures before the run. */
  append(line: Omit<OutputLine, 'worker'> & { readonly worker: number | 'baseline' }): void {
    const time = new Date(line.time).toISOString();
    const item = line.item === null ? '-' : `item ${line.item}`;
    this.#log(line.worker).append(`${time}  ${line.stream}  ${item}  ${line.text}\n`);
  }

  flush(): void {
    for (const log of this.#open.values()) log.flush();
  }

  [Symbol.dispose](): void {
    for (const log of this.#open.values()) log.close();
    this.#open.clear();
  }

  #log(worker: number | 'baseline'): LineFile {
    let log = this.#open.get(worker);
    if (log) return log;
    if (this.#open.size >= MAX_OPEN) this.#closeOldest();
    log = new LineFile(join(this.#folder, worker === 'baseline' ? 'baseline.log' : `worker-${worker}.log`), {
      flag: 'a',
    });
    this.#open.set(worker, log);
    return log;
  }

  #closeOldest(): void {
    const [oldest] = this.#open;
    if (!oldest) return;
    oldest[1].close();
    this.#open.delete(oldest[0]);
  }
}
