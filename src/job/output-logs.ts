import { join } from 'node:path';
import { LineFile } from './line-file.ts';

/** Logs that are kept open; a run whose workers die all the time has far more workers than that. */
const MAX_OPEN = 64;

/** A worker's number, or what is measured before the run in processes of its own. */
export type LogOwner = number | 'baseline' | 'sweep';

/** Lines of one worker, written while it ran one item. */
export interface LoggedLines {
  readonly worker: LogOwner;
  readonly stream: 'stdout' | 'stderr';
  readonly item: number | null;
  /** ms since the epoch. */
  readonly time: number;
  /** UTF-8; each line ends with a line feed, the last one too. */
  readonly bytes: Buffer;
}

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

  append({ worker, stream, item, time, bytes }: LoggedLines): void {
    if (time !== this.#time) {
      this.#time = time;
      this.#timeText = new Date(time).toISOString();
    }
    const prefix = `${this.#timeText}  ${stream}  ${item === null ? '-' : `item ${item}`}  `;
    // Not decoded: only line feeds are looked for, and the log takes the bytes as they are.
    const lines = bytes.toString('latin1', 0, bytes.length - 1);
    this.#log(worker).append(`${prefix}${lines.replaceAll('\n', `\n${prefix}`)}\n`);
  }

  /** One line of what is not part of the run. */
  appendText(worker: LogOwner, stream: 'stdout' | 'stderr', text: string, time = Date.now()): void {
    this.append({ worker, stream, item: null, time, bytes: Buffer.from(`${text}\n`) });
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
    log = new LineFile(join(this.#folder, `${name}.log`), {
      flag: 'a',
      encoding: 'latin1',
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
