import type { RunEvent } from '../protocol/run.ts';
import { type Display, headerLines, outputText, phaseText, progressText } from './display.ts';
import type { Paint } from './paint.ts';

/** Time in ms between two lines of progress. */
const INTERVAL = 3000;

/** Plain lines, one after the other: for logs, pipes and CI. */
export class PlainDisplay implements Display {
  readonly #stream: NodeJS.WritableStream;
  readonly #paint: Paint;
  #phase = '';
  #lastProgress = 0;
  #lastDone = 0;

  constructor(stream: NodeJS.WritableStream, paint: Paint) {
    this.#stream = stream;
    this.#paint = paint;
  }

  show(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#print(headerLines(event.header, this.#paint));
        break;
      case 'phase':
        if (event.phase !== this.#phase && event.phase !== 'preparing') {
          this.#print([phaseText(event.phase, event.note)]);
        }
        this.#phase = event.phase;
        this.#lastProgress = event.time;
        break;
      case 'output':
        this.#print(event.lines.map((line) => outputText(line, this.#paint)));
        if (event.dropped > 0)
          this.#print([`(${event.dropped} more lines are in the logs of the run folder)`]);
        break;
      case 'progress':
        if (event.progress.time - this.#lastProgress < INTERVAL || event.progress.done === this.#lastDone)
          break;
        this.#lastProgress = event.progress.time;
        this.#lastDone = event.progress.done;
        this.#print([progressText(event.progress, this.#paint)]);
        break;
    }
  }

  close(): void {
    // Nothing was shown for the moment only.
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#stream.write(`${lines.join('\n')}\n`);
  }
}
