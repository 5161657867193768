import { createLogUpdate } from 'log-update';
import type { OutputLine, RunEvent, RunProgress, WorkerSnapshot } from '../protocol/run.ts';
import { formatBytes, plural } from '../report/format.ts';
import { plainText } from '../report/plain-text.ts';
import { type Display, headerLines, outputText, phaseText, progressText, workerName } from './display.ts';
import type { Paint } from './paint.ts';

const BAR_WIDTH = 30;
/** Lines of the terminal that are left to the bar and to what was printed before. */
const OTHER_LINES = 6;

/** A bar and a line for every worker, drawn over and over; what the workers print goes above and stays. */
export class LiveDisplay implements Display {
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #lastLines = new Map<number, string>();
  #progress: RunProgress | null = null;
  #phase = 'Preparing';

  constructor(stream: NodeJS.WriteStream, paint: Paint) {
    this.#stream = stream;
    this.#paint = paint;
    this.#update = createLogUpdate(stream);
  }

  show(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#update.persist(headerLines(event.header, this.#paint).join('\n'));
        break;
      case 'phase':
        this.#phase = phaseText(event.phase, event.note);
        break;
      case 'output':
        this.#showLines(event.lines, event.dropped);
        break;
      case 'progress':
        this.#progress = event.progress;
        break;
      case 'finished':
      case 'failed':
        return;
    }
    if (event.type !== 'results' && event.type !== 'timeline') this.#draw();
  }

  close(): void {
    this.#update.clear();
    this.#update.done();
  }

  #showLines(lines: readonly OutputLine[], dropped: number): void {
    for (const line of lines) this.#lastLines.set(line.worker, plainText(line.text));
    const shown = lines.map((line) => outputText(line, this.#paint));
    if (dropped > 0) shown.push(`(${dropped} more lines are in the logs of the run folder)`);
    if (shown.length > 0) this.#update.persist(shown.join('\n'));
  }

  #draw(): void {
    const lines = [this.#phase];
    if (this.#progress) {
      lines[0] = `${this.#bar(this.#progress)} ${progressText(this.#progress, this.#paint)}`;
      if (!this.#phase.startsWith('Running')) lines.unshift(this.#phase);
      const room = Math.max(1, (this.#stream.rows || 24) - OTHER_LINES);
      const living = this.#progress.workers.filter(({ state }) => state !== 'ended');
      lines.push(...living.slice(0, room).map((worker) => this.#workerLine(worker)));
      if (living.length > room) lines.push(this.#paint('dim', `and ${living.length - room} more workers`));
    }
    const width = this.#stream.columns || 80;
    this.#update(lines.map((line) => cutToWidth(line, width - 1)).join('\n'));
  }

  #bar({ done, total }: RunProgress): string {
    if (total === null) return this.#paint('cyan', '∿');
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const full = Math.round(share * BAR_WIDTH);
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    return `${this.#paint('green', '█'.repeat(full))}${this.#paint('dim', '░'.repeat(BAR_WIDTH - full))}${percent}`;
  }

  #workerLine(worker: WorkerSnapshot): string {
    const facts = [worker.state.padEnd(8), plural(worker.done, 'item')];
    if (worker.failed > 0) facts.push(this.#paint('red', `${worker.failed} failed`));
    if (worker.rss !== null) facts.push(formatBytes(worker.rss));
    const last = this.#lastLines.get(worker.id);
    const said = last === undefined ? '' : this.#paint('dim', `  ${last}`);
    return `${workerName(worker.id, this.#paint)} ${facts.join('  ')}${said}`;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
const COLOUR = /\u001b\[[\d;]*m/y;

/** Cuts text with colours so that it fills one line at most: a line that wraps cannot be drawn over. */
function cutToWidth(text: string, width: number): string {
  let shown = 0;
  for (let i = 0; i < text.length; ) {
    COLOUR.lastIndex = i;
    const colour = COLOUR.exec(text);
    if (colour) {
      i += colour[0].length;
      continue;
    }
    if (shown === width) return `${text.slice(0, i)}${text.includes('\u001b') ? '\u001b[0m' : ''}`;
    i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
    shown++;
  }
  return text;
}
