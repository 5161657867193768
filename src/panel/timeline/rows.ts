import type { WorkerSnapshot } from '../../protocol/run.ts';
import { eachStretch, type Stretch, type StretchTable } from '../../report/stretches.ts';

const FIRST_CAPACITY = 64;

/** Sums of ms over the stretches before a point in time. */
export interface Sums {
  startup: number;
  computing: number;
  encoding: number;
  failed: number;
}

/**
 * One worker's stretches in the order of time, in columns of 44 bytes each. The columns of the three kinds and of the
 * failures hold the sums over all stretches before: what a worker did between any two points in time is the difference
 * of two entries, however many stretches lie between. So drawing costs by the pixel, not by the task.
 */
export class TimelineRow {
  readonly worker: number;
  /** Of an engine; undefined on this machine. */
  host: string | undefined;
  length = 0;
  #begin = new Float64Array(FIRST_CAPACITY);
  // One entry more than there are stretches: the last one has the sums of all.
  #startup = new Float64Array(FIRST_CAPACITY + 1);
  #computing = new Float64Array(FIRST_CAPACITY + 1);
  #encoding = new Float64Array(FIRST_CAPACITY + 1);
  #failed = new Uint32Array(FIRST_CAPACITY + 1);
  #item = new Uint32Array(FIRST_CAPACITY);
  #count = new Uint32Array(FIRST_CAPACITY);

  constructor(worker: number, host?: string) {
    this.worker = worker;
    this.host = host;
  }

  /** Sums over all stretches. */
  get total(): Sums {
    return this.#sumsBefore(this.length);
  }

  get end(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.endAt(this.length - 1);
  }

  beginAt(index: number): number {
    return this.#begin[index] ?? 0;
  }

  endAt(index: number): number {
    return this.beginAt(index) + this.startupAt(index) + this.computingAt(index) + this.encodingAt(index);
  }

  startupAt(index: number): number {
    return (this.#startup[index + 1] ?? 0) - (this.#startup[index] ?? 0);
  }

  computingAt(index: number): number {
    return (this.#computing[index + 1] ?? 0) - (this.#computing[index] ?? 0);
  }

  encodingAt(index: number): number {
    return (this.#encoding[index + 1] ?? 0) - (this.#encoding[index] ?? 0);
  }

  failedAt(index: number): number {
    return (this.#failed[index + 1] ?? 0) - (this.#failed[index] ?? 0);
  }

  at(index: number): Stretch {
    return {
      worker: this.worker,
      begin: this.beginAt(index),
      startup: this.startupAt(index),
      computing: this.computingAt(index),
      encoding: this.encodingAt(index),
      item: this.#item[index] ?? 0,
      count: this.#count[index] ?? 0,
      failed: this.failedAt(index),
    };
  }

  /** Mostly the last one; an earlier one finds its place. */
  add(stretch: Readonly<Stretch>): void {
    const place = this.length === 0 || stretch.begin >= this.beginAt(this.length - 1);
    if (place) this.#append(stretch);
    else this.#insert(stretch);
  }

  /** Index of the last stretch that begins at or before `time`, -1 if none; looks from `from` on, near ones first. */
  lastBegunBy(time: number, from = 0): number {
    let low = from;
    let step = 1;
    while (low + step < this.length && this.beginAt(low + step) <= time) {
      low += step;
      step *= 2;
    }
    let high = Math.min(this.length, low + step);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.beginAt(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** What was done before `time`, into `sums`; `index` is that of the last stretch that begins by then. */
  sumsAt(time: number, index: number, sums: Sums): void {
    if (index < 0) {
      sums.startup = sums.computing = sums.encoding = sums.failed = 0;
      return;
    }
    let left = time - this.beginAt(index);
    const startup = Math.min(left, this.startupAt(index));
    left -= startup;
    const computing = Math.min(left, this.computingAt(index));
    left -= computing;
    sums.startup = (this.#startup[index] ?? 0) + startup;
    sums.computing = (this.#computing[index] ?? 0) + computing;
    sums.encoding = (this.#encoding[index] ?? 0) + Math.min(left, this.encodingAt(index));
    // A failure counts from where its stretch begins.
    sums.failed = this.#failed[index + 1] ?? 0;
  }

  #append(stretch: Readonly<Stretch>): void {
    if (this.length === this.#begin.length) this.#grow();
    const index = this.length++;
    this.#begin[index] = stretch.begin;
    this.#startup[index + 1] = (this.#startup[index] ?? 0) + stretch.startup;
    this.#computing[index + 1] = (this.#computing[index] ?? 0) + stretch.computing;
    this.#encoding[index + 1] = (this.#encoding[index] ?? 0) + stretch.encoding;
    this.#failed[index + 1] = (this.#failed[index] ?? 0) + stretch.failed;
    this.#item[index] = stretch.item;
    this.#count[index] = stretch.count;
  }

  #insert(stretch: Readonly<Stretch>): void {
    const after: Stretch[] = [];
    while (this.length > 0 && this.beginAt(this.length - 1) > stretch.begin)
      after.push(this.at(--this.length));
    this.#append(stretch);
    for (const each of after.reverse()) this.#append(each);
  }

  #grow(): void {
    const capacity = Math.ceil(this.#begin.length * 1.5);
    const grown = <Column extends Float64Array | Uint32Array>(old: Column, column: Column): Column => {
      column.set(old);
      return column;
    };
    this.#begin = grown(this.#begin, new Float64Array(capacity));
    this.#startup = grown(this.#startup, new Float64Array(capacity + 1));
    this.#computing = grown(this.#computing, new Float64Array(capacity + 1));
    this.#encoding = grown(this.#encoding, new Float64Array(capacity + 1));
    this.#failed = grown(this.#failed, new Uint32Array(capacity + 1));
    this.#item = grown(this.#item, new Uint32Array(capacity));
    this.#count = grown(this.#count, new Uint32Array(capacity));
  }

  #sumsBefore(index: number): Sums {
    return {
      startup: this.#startup[index] ?? 0,
      computing: this.#computing[index] ?? 0,
      encoding: this.#encoding[index] ?? 0,
      failed: this.#failed[index] ?? 0,
    };
  }
}

/** A row for each worker, by host and in the order of their numbers; takes from a table only what it has not seen yet. */
export class TimelineRows {
  #rows: TimelineRow[] = [];
  #byWorker = new Map<number, TimelineRow>();
  #seen = 0;
  #resolution = 0;
  #begin = Number.POSITIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;

  get all(): readonly TimelineRow[] {
    return this.#rows;
  }

  /** Epoch ms of the first and the last that is known; infinite where nothing is. */
  get begin(): number {
    return this.#begin;
  }

  get end(): number {
    return this.#end;
  }

  of(worker: number): TimelineRow | undefined {
    return this.#byWorker.get(worker);
  }

  /** Forgets all. */
  clear(): void {
    this.#rows = [];
    this.#byWorker = new Map();
    this.#seen = 0;
    this.#resolution = 0;
    this.#begin = Number.POSITIVE_INFINITY;
    this.#end = Number.NEGATIVE_INFINITY;
  }

  /** Shows every worker that is known, so that idle ones show too. False when all had to be taken anew. */
  update(table: StretchTable, workers: readonly Pick<WorkerSnapshot, 'id' | 'host'>[]): boolean {
    const goesOn = table.length >= this.#seen && table.resolution === this.#resolution;
    if (!goesOn) this.clear();
    for (const { id, host } of workers) {
      const row = this.#byWorker.get(id);
      if (row === undefined) this.#open(id, host);
      else if (row.host !== host) this.#move(row, host);
    }
    eachStretch(table, this.#seen, (stretch) => {
      const row = this.#byWorker.get(stretch.worker) ?? this.#open(stretch.worker);
      row.add(stretch);
      this.#begin = Math.min(this.#begin, stretch.begin);
      this.#end = Math.max(this.#end, row.end);
    });
    this.#seen = table.length;
    this.#resolution = table.resolution;
    return goesOn;
  }

  #open(worker: number, host?: string): TimelineRow {
    const row = new TimelineRow(worker, host);
    this.#byWorker.set(worker, row);
    this.#place(row);
    return row;
  }

  /** A stretch may come before it is known whose it is. */
  #move(row: TimelineRow, host: string | undefined): void {
    row.host = host;
    this.#rows.splice(this.#rows.indexOf(row), 1);
    this.#place(row);
  }

  #place(row: TimelineRow): void {
    const { worker, host } = row;
    // Hosts in the order of their first workers, which are numbered as they come.
    const last = this.#rows.findLastIndex((each) => each.host === host);
    const place =
      host !== undefined && last >= 0
        ? this.#rows.findIndex((each, at) => at > last || (each.host === host && each.worker > worker))
        : this.#rows.findIndex((each) => host === undefined && each.worker > worker);
    this.#rows.splice(place < 0 ? this.#rows.length : place, 0, row);
  }
}
