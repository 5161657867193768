import { join } from 'node:path';
import type { OutputLine } from '../protocol/run.ts';
import { LineFile } from './line-file.ts';

/** Logs that are kept open; a run whose workers die all the time has far more workers than that. */
const MAX_OPEN = 64;

/** A worker's number, or what is measured before the run in processes of its own. */
export type LogOwner = number | 'baseline' | 'sweep';

/**
 * `output/worker-N.log`: everything that worker N wrote, each line with its time, stream and item:
 *
 *   2026-01-31T12:00:00.000Z  stdout  item 7  text of the line
 */
export class OutputLogs implements Disposable {
  readonly #folder: string;
  readonly #open = new Map<LogOwner, LineFile>();
  /** Many lines have the same time. */
  #time = Number.NaN;
  #timeText = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(line: Omit<OutputLine, 'worker'> & { readonly worker: LogOwner }): void {
    if (line.time !== this.#time) {
      this.#time = line.time;
      this.#timeText = new Date(line.time).toISOString();
    }
    const item = line.item === null ? '-' : `item ${line.item}`;
    this.#log(line.worker).append(`${this.#timeText}  ${line.stream}  ${item}  ${line.text}\n`);
  }

  flush(): void {
    for (const log of this.#open.values()) log.flush();
  }

  [Symbol.dispose](): void {
    for (const log of this.#open.values()) log.close();
    this.#open.clear();
  }

  #log(worker: LogOwner): LineFile {
    let log = this.#open.get(worker);
    if (log) return log;
    if (this.#open.size >= MAX_OPEN) this.#closeOldest();
    const name = typeof worker === 'number' ? `worker-${worker}` : worker;
    log = new LineFile(join(this.#folder, `${name}.log`), { flag: 'a' });
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
