import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputBatch, PrintedLines } from './engine.ts';

/** Time in ms between two batches. */
const INTERVAL = 200;
/** What a batch holds, at most: more than that is left out and counted, so that what is printed never holds back what is done. */
const MAX_CHARACTERS = 256 * 1024;
/** Time in ms in which the last lines of an item come through the pipe of its worker, behind its result. */
const LATE = 20;

/** What the workers of a host print, on its way to the run, a few times a second. */
export class HostOutput implements Disposable {
  readonly #send: (batch: Omit<OutputBatch, 'host'>) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #lines: PrintedLines[] = [];
  #characters = 0;
  #dropped = 0;
  #isUsed = false;

  /** `send` may fail: its batch is lost then. */
  constructor(send: (batch: Omit<OutputBatch, 'host'>) => Promise<void>) {
    this.#send = send;
    this.#timer = setInterval(() => void this.#flush(), INTERVAL);
  }

  add(lines: PrintedLines): void {
    this.#isUsed = true;
    if (this.#characters + lines.text.length > MAX_CHARACTERS) {
      this.#dropped += lines.count;
      return;
    }
    this.#lines.push(lines);
    this.#characters += lines.text.length;
  }

  /** Once everything is sent that was printed so far: before it is said that a chunk is done. */
  async settled(): Promise<void> {
    if (!this.#isUsed) return;
    await sleep(LATE);
    await this.#flush();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0 && this.#dropped === 0) return;
    const batch = { lines: this.#lines, dropped: this.#dropped };
    this.#lines = [];
    this.#characters = 0;
    this.#dropped = 0;
    await this.#send(batch).catch(() => {});
  }
}
