import { MAX_PREVIEW, type ResultRow } from '../protocol/run.ts';
import type { ErrorRecord } from './error-text.ts';
import type { EventFeed } from './event-feed.ts';
import { journalLine } from './journal.ts';
import { LineFile } from './line-file.ts';
import type { RunFolder } from './run-folder.ts';
import type { TaskRecord } from './task-text.ts';
import { valueText } from './value-text.ts';

/** Sums over the items of one worker; times in ms. */
export interface WorkerTally {
  readonly id: number;
  readonly pid: number;
  items: number;
  failed: number;
  busyMs: number;
  encodingMs: number;
  lines: number;
  /** When its last item ended, in ms since the epoch. */
  lastEnd: number;
}

/** An item that has no record because its worker ended or was ended. */
export interface LostItem {
  readonly index: number;
  readonly item: unknown;
  readonly key: string;
  readonly error: ErrorRecord;
  readonly worker: WorkerTally | undefined;
  readonly begin: number;
  readonly ms: number;
}

/** Failed items that `run.json` names. */
export const MAX_FIRST_ERRORS = 20;

/** Takes the outcome of every item: writes its rows, counts it, and hands on what is shown of it. */
export class Collector implements Disposable {
  succeeded = 0;
  failed = 0;
  /** Summed ms of the items of `alone`, alone and in the run. */
  readonly matched = { alone: 0, parallel: 0 };
  readonly firstErrors: ResultRow[] = [];
  readonly #feed: EventFeed;
  readonly #results: LineFile;
  readonly #journal: LineFile;
  readonly #alone: ReadonlyMap<number, number>;

  /** Adds to the files where the run is `resumed`. The journal has its header already. */
  constructor(folder: RunFolder, alone: ReadonlyMap<number, number>, feed: EventFeed, resumed = false) {
    this.#feed = feed;
    this.#alone = alone;
    this.#journal = new LineFile(folder.journal, { flag: 'a', onFull: () => this.flush() });
    this.#results = new LineFile(folder.results, { flag: resumed ? 'a' : 'w', onFull: () => this.flush() });
  }

  get done(): number {
    return this.succeeded + this.failed;
  }

  add(record: TaskRecord, item: unknown, worker: WorkerTally): void {
    const { index, ok, begin, ms, encodeMs } = record;
    worker.encodingMs += encodeMs;
    const end = begin + ms;
    const id = worker.id;
    this.#feed.span({ worker: id, kind: 'computing', begin, end, item: index, count: 1, failed: ok ? 0 : 1 });
    this.#feed.span({
      worker: id,
      kind: 'encoding',
      begin: end,
      end: end + encodeMs,
      item: index,
      count: 1,
      failed: 0,
    });
    const alone = ok ? this.#alone.get(index) : undefined;
    if (alone !== undefined) {
      this.matched.alone += alone;
      this.matched.parallel += ms;
    }
    this.#count(record, item, worker);
  }

  addLost(lost: LostItem): void {
    const { index, key, begin, ms, item, worker } = lost;
    if (worker && ms > 0) {
      this.#feed.span({
        worker: worker.id,
        kind: 'computing',
        begin,
        end: begin + ms,
        item: index,
        count: 1,
        failed: 1,
      });
    }
    this.#count({ index, ok: false, key, text: JSON.stringify(lost.error), begin, ms }, item, worker);
  }

  /** Results first: a row of the journal says that the item's row is on disk. */
  flush(): void {
    this.#results.flush();
    this.#journal.flush();
  }

  [Symbol.dispose](): void {
    this.#results.close();
    this.#journal.close();
  }

  #count(
    outcome: { index: number; ok: boolean; key: string; text: string; begin: number; ms: number },
    item: unknown,
    worker: WorkerTally | undefined,
  ): void {
    const { index, ok, key, text, begin, ms } = outcome;
    const id = worker?.id ?? -1;
    if (ok) this.succeeded++;
    else this.failed++;
    if (worker) {
      worker.items++;
      if (!ok) worker.failed++;
      worker.busyMs += ms;
      worker.lastEnd = Math.max(worker.lastEnd, begin + ms);
    }
    const rounded = Math.round(ms * 1000) / 1000;
    const content = ok ? `"value":${text}` : `"error":${text}`;
    this.#results.append(`{"index":${index},"ok":${ok},${content},"ms":${rounded},"worker":${id}}\n`);
    this.#journal.append(journalLine(index, key, ok));
    const named = !ok && this.firstErrors.length < MAX_FIRST_ERRORS;
    const shown = this.#feed.wantsRow(ok, ms);
    if (!named && !shown) return;
    const row = resultRow({ index, ok, text, ms: rounded, worker: id, item });
    if (named) this.firstErrors.push(row);
    if (shown) this.#feed.row(row);
  }
}

function resultRow(outcome: {
  index: number;
  ok: boolean;
  text: string;
  ms: number;
  worker: number;
  item: unknown;
}): ResultRow {
  const { index, ok, text, ms, worker, item } = outcome;
  const error = ok ? null : withCauses(JSON.parse(text) as ErrorRecord);
  return { index, ok, input: preview(valueText(item)), value: ok ? preview(text) : '', error, ms, worker };
}

function preview(text: string): string {
  return text.length <= MAX_PREVIEW ? text : `${text.slice(0, MAX_PREVIEW - 1)}…`;
}

/** Viewers show a stack as one text, so the stacks of the causes are joined to it. */
function withCauses({ cause, ...error }: ErrorRecord): ResultRow['error'] {
  if (!cause) return error;
  const below = withCauses(cause);
  const stack = `${error.stack ?? error.message}\nCaused by: ${below?.stack ?? below?.message ?? ''}`;
  return { ...error, stack };
}
