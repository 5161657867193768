import { textLines } from '../../runtime/watch/output-lines.ts';
import {
  MAX_LINE_PREVIEW,
  MAX_OUTPUT_LINES,
  type Message,
  type OutputLine,
  type ResultRow,
  type RunEvent,
  type RunPhase,
  type RunProgress,
  type TimelineSpan,
} from '../protocol/run.ts';
import { applyEvent, emptyModel, type RunModel } from '../report/model.ts';
import { SpanCoalescer } from '../report/timeline.ts';
import { LiveTimeline } from './live-timeline.ts';
import type { LoggedLines } from './output-logs.ts';

/** Lines of one worker of the run, and how many they are. They are made into text only where they are shown. */
export type ShownLines = LoggedLines & { readonly worker: number; readonly count: number };

/** Time in ms between two events of a kind. */
const INTERVAL = 100;
/** Rows of items that succeeded in one event, at most. */
const MAX_ROWS_A_TICK = 200;
/** Rows of a run that are sent at most: failed ones, and others. Slower ones than any before always are. */
const MAX_FAILED_ROWS = 2000;
const MAX_OTHER_ROWS = 1000;

export interface FeedSources {
  /** Asked at every tick. */
  readonly progress: () => RunProgress | null;
  /** Runs at every tick, before `progress`. */
  readonly onTick: () => void;
  /** Whether who watches has not taken yet what was sent: then nothing more is, and what waits stays within its limits. */
  readonly isBehind?: (() => boolean) | undefined;
}

/**
 * Puts what happens together into at most ten events a second of each kind, and keeps the bounded picture of the run
 * that the report is drawn from.
 */
export class EventFeed implements Disposable {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #progress: () => RunProgress | null;
  readonly #timer: NodeJS.Timeout;
  readonly #spans = new SpanCoalescer();
  readonly #timeline = new LiveTimeline();
  #model: RunModel = emptyModel();
  #output: ShownLines[] = [];
  /** Lines of `#output`. */
  #lineCount = 0;
  #droppedLines = 0;
  #rows: ResultRow[] = [];
  #droppedRows = 0;
  #failedRows = 0;
  #otherRows = 0;
  #slowest = 0;
  #lastPhase = '';
  #lastPhaseTime = 0;

  constructor(onEvent: (event: RunEvent) => void, sources: FeedSources) {
    this.#onEvent = onEvent;
    this.#progress = sources.progress;
    this.#timer = setInterval(() => {
      sources.onTick();
      if (sources.isBehind?.() !== true) this.flush();
    }, INTERVAL);
  }

  /** Sent at once; a mere change of the note at most ten times a second. */
  phase(phase: RunPhase, note?: Message): void {
    const time = Date.now();
    if (phase === this.#lastPhase && time - this.#lastPhaseTime < INTERVAL) return;
    this.#lastPhase = phase;
    this.#lastPhaseTime = time;
    this.send({ type: 'phase', phase, time, note });
  }

  /** Sends an event at once, after what was waiting. */
  send(event: RunEvent): void {
    if (event.type === 'output' || event.type === 'results') this.#model = applyEvent(this.#model, event);
    this.#onEvent(event);
  }

  output(lines: ShownLines): void {
    this.#output.push(lines);
    this.#lineCount += lines.count;
    // Not at each call: leaving out the first of many moves all others.
    if (this.#lineCount >= 2 * MAX_OUTPUT_LINES) this.#dropOldLines();
  }

  span(span: TimelineSpan): void {
    this.#spans.add(span);
    this.#timeline.add(span);
  }

  /** Whether this row would be sent: making its previews is worth the time only then. A row that is not wanted counts as dropped. */
  wantsRow(ok: boolean, ms: number): boolean {
    const room = this.#otherRows < MAX_OTHER_ROWS && this.#rows.length < MAX_ROWS_A_TICK;
    const wanted = ok ? room || ms > this.#slowest * 1.05 : this.#failedRows < MAX_FAILED_ROWS;
    if (!wanted) this.#droppedRows++;
    return wanted;
  }

  row(row: ResultRow): void {
    if (row.ok) this.#otherRows++;
    else this.#failedRows++;
    this.#slowest = Math.max(this.#slowest, row.ms);
    this.#rows.push(row);
  }

  /** Sends what waits. */
  flush(): void {
    const progress = this.#progress();
    if (progress) this.send({ type: 'progress', progress });
    this.#dropOldLines();
    if (this.#output.length > 0) {
      const lines = this.#output.flatMap(outputLines);
      const surplus = Math.max(0, lines.length - MAX_OUTPUT_LINES);
      const newest = lines.slice(surplus).map(cutLine);
      this.send({ type: 'output', lines: newest, dropped: this.#droppedLines + surplus });
      this.#output = [];
      this.#lineCount = 0;
      this.#droppedLines = 0;
    }
    if (this.#rows.length > 0) {
      this.send({ type: 'results', rows: this.#rows, dropped: this.#droppedRows });
      this.#rows = [];
      this.#droppedRows = 0;
    }
    const stretches = this.#timeline.take();
    if (stretches !== null) this.send({ type: 'timeline', stretches });
  }

  /** The last flush of a run: spans that are still open too. */
  finish(): void {
    this.flush();
    const stretches = this.#timeline.finish();
    if (stretches !== null) this.send({ type: 'timeline', stretches });
  }

  /** The newest are those that are wanted; all of them are on disk. */
  #dropOldLines(): void {
    let dropped = 0;
    for (const { count } of this.#output) {
      if (this.#lineCount - count < MAX_OUTPUT_LINES) break;
      this.#lineCount -= count;
      this.#droppedLines += count;
      dropped++;
    }
    this.#output.splice(0, dropped);
  }

  /** What is kept of the run for the report. */
  picture(): { spans: TimelineSpan[]; output: readonly OutputLine[]; rows: readonly ResultRow[] } {
    const { output, results } = this.#model;
    return { spans: this.#spans.all(), output: output.lines, rows: results.rows };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function outputLines({ worker, stream, item, time, bytes }: ShownLines): OutputLine[] {
  return textLines({ bytes }).map((text) => ({ worker, stream, item, time, text }));
}

function cutLine(line: OutputLine): OutputLine {
  if (line.text.length <= MAX_LINE_PREVIEW) return line;
  return { ...line, text: `${line.text.slice(0, MAX_LINE_PREVIEW - 1)}…` };
}
