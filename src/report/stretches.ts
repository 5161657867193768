import type { PackedStretches, TimelineSpan } from '../protocol/run.ts';

/**
 * The timeline of a run in columns, a stretch of a worker for each task:
 *
 *     begin   startup   computing   encoding        whatever idle time follows
 *     |-------|---------|-----------|               the three lie end to end
 *
 * Past `MAX_STRETCHES`, stretches of a worker that lie close together become one: it keeps the time of each kind, the items
 * and the failures of all, laid end to end from where the first began. So the area of a kind stays exact and no two
 * stretches of a worker overlap, at any resolution.
 */

/** Most stretches kept for one run: 36 bytes each. */
export const MAX_STRETCHES = 1_000_000;
/** Columns of so many stretches are not copied any more into longer ones. */
const LARGE = 100_000;
/** What stands for "no item". */
export const NO_ITEM = 0xffff_ffff;
/** Numbers of one stretch in a `PackedStretches`. */
const FIELDS = 8;

/** One worker's stretch. Points in time and durations in ms. */
export interface Stretch {
  worker: number;
  /** ms since the epoch. */
  begin: number;
  startup: number;
  computing: number;
  encoding: number;
  /** First item; `NO_ITEM` for none. */
  item: number;
  count: number;
  failed: number;
}

/** Columns of equal length; never written to once they are in a table. */
export interface StretchColumns {
  readonly worker: Uint32Array;
  readonly begin: Float64Array;
  readonly startup: Float32Array;
  readonly computing: Float32Array;
  readonly encoding: Float32Array;
  readonly item: Uint32Array;
  readonly count: Uint32Array;
  readonly failed: Uint32Array;
}

/** Stretches in the order in which they were told. Plain data; a table that grew shares the columns of the one before. */
export interface StretchTable {
  readonly columns: readonly StretchColumns[];
  readonly length: number;
  /** ms below which stretches were put together; 0 while each is as it was told. */
  readonly resolution: number;
}

export const NO_STRETCHES: StretchTable = { columns: [], length: 0, resolution: 0 };

/** A span as a stretch of its own. */
export function stretchOf({ worker, kind, begin, end, item, count, failed }: TimelineSpan): Stretch {
  const stretch = {
    ...{ worker, begin, startup: 0, computing: 0, encoding: 0 },
    ...{ item: item < 0 ? NO_ITEM : item, count: kind === 'computing' ? count : 0, failed },
  };
  stretch[kind] = end - begin;
  return stretch;
}

/** Spans of a run that is over as stretches: what encoding a result took belongs to the stretch of its item. */
export function stretchesOf(spans: readonly TimelineSpan[]): Stretch[] {
  const last = new Map<number, Stretch>();
  const stretches: Stretch[] = [];
  for (const span of [...spans].sort((a, b) => a.begin - b.begin)) {
    const before = last.get(span.worker);
    const next = stretchOf(span);
    if (span.kind === 'encoding' && before?.item === next.item && before.count === span.count) {
      joinStretch(before, next);
      continue;
    }
    last.set(span.worker, next);
    stretches.push(next);
  }
  return stretches;
}

/** The form in which stretches travel: whole numbers, times in µs, each begin counted from the one before. */
export function packStretches(stretches: readonly Stretch[]): PackedStretches {
  const base = Math.floor(stretches[0]?.begin ?? 0);
  const numbers: number[] = [];
  let before = 0;
  for (const { worker, begin, startup, computing, encoding, item, count, failed } of stretches) {
    const at = micros(begin - base);
    numbers.push(worker, at - before, micros(startup), micros(computing), micros(encoding));
    numbers.push(item, count, failed);
    before = at;
  }
  return { base, numbers };
}

/** The table with what was told since. The one given stays as it is. */
export function addStretches(table: StretchTable, packed: PackedStretches): StretchTable {
  const fresh = unpack(packed);
  const length = table.length + fresh.worker.length;
  const grown = { ...table, columns: joinSmall([...table.columns, fresh]), length };
  return length > MAX_STRETCHES ? coarsen(grown, MAX_STRETCHES / 2) : grown;
}

/** Calls back for each stretch from position `from` on. The object is the same each time. */
export function eachStretch(
  table: StretchTable,
  from: number,
  take: (stretch: Readonly<Stretch>) => void,
): void {
  const stretch = {
    worker: 0,
    begin: 0,
    startup: 0,
    computing: 0,
    encoding: 0,
    item: 0,
    count: 0,
    failed: 0,
  };
  let passed = 0;
  for (const columns of table.columns) {
    const { length } = columns.worker;
    for (let index = Math.max(0, from - passed); index < length; index++) {
      stretch.worker = columns.worker[index] ?? 0;
      stretch.begin = columns.begin[index] ?? 0;
      stretch.startup = columns.startup[index] ?? 0;
      stretch.computing = columns.computing[index] ?? 0;
      stretch.encoding = columns.encoding[index] ?? 0;
      stretch.item = columns.item[index] ?? 0;
      stretch.count = columns.count[index] ?? 0;
      stretch.failed = columns.failed[index] ?? 0;
      take(stretch);
    }
    passed += length;
  }
}

/** Puts `next` behind `first`, which begins earlier. */
export function joinStretch(first: Stretch, next: Readonly<Stretch>): void {
  first.startup += next.startup;
  first.computing += next.computing;
  first.encoding += next.encoding;
  if (first.item === NO_ITEM) first.item = next.item;
  first.count += next.count;
  first.failed += next.failed;
}

/** Where the last of its three kinds ends. */
export function endOf({ begin, startup, computing, encoding }: Readonly<Stretch>): number {
  return begin + startup + computing + encoding;
}

function unpack({ base, numbers }: PackedStretches): StretchColumns {
  const columns = emptyColumns(Math.floor(numbers.length / FIELDS));
  let at = 0;
  for (let index = 0, from = 0; index < columns.worker.length; index++, from += FIELDS) {
    at += numbers[from + 1] ?? 0;
    columns.worker[index] = numbers[from] ?? 0;
    columns.begin[index] = base + at / 1000;
    columns.startup[index] = (numbers[from + 2] ?? 0) / 1000;
    columns.computing[index] = (numbers[from + 3] ?? 0) / 1000;
    columns.encoding[index] = (numbers[from + 4] ?? 0) / 1000;
    columns.item[index] = numbers[from + 5] ?? 0;
    columns.count[index] = numbers[from + 6] ?? 0;
    columns.failed[index] = numbers[from + 7] ?? 0;
  }
  return columns;
}

function emptyColumns(length: number): StretchColumns {
  return {
    worker: new Uint32Array(length),
    begin: new Float64Array(length),
    startup: new Float32Array(length),
    computing: new Float32Array(length),
    encoding: new Float32Array(length),
    item: new Uint32Array(length),
    count: new Uint32Array(length),
    failed: new Uint32Array(length),
  };
}

/** So that there are few of them, and each stretch is copied few times: the last two become one while they are of like length. */
function joinSmall(all: readonly StretchColumns[]): readonly StretchColumns[] {
  const columns = [...all];
  for (;;) {
    const last = columns.at(-1);
    const before = columns.at(-2);
    if (last === undefined || before === undefined) return columns;
    const { length } = before.worker;
    if (length >= LARGE || length > 2 * last.worker.length) return columns;
    columns.splice(-2, 2, concat(before, last));
  }
}

function concat(first: StretchColumns, second: StretchColumns): StretchColumns {
  const joined = emptyColumns(first.worker.length + second.worker.length);
  for (const name of Object.keys(joined) as (keyof StretchColumns)[]) {
    joined[name].set(first[name]);
    joined[name].set(second[name], first.worker.length);
  }
  return joined;
}

/** At most `target` stretches, or one for each worker where those are more. */
function coarsen(table: StretchTable, target: number): StretchTable {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const workers = new Set<number>();
  eachStretch(table, 0, (stretch) => {
    first = Math.min(first, stretch.begin);
    last = Math.max(last, endOf(stretch));
    workers.add(stretch.worker);
  });
  const span = last - first;
  let resolution = Math.max(table.resolution * 2, (span * workers.size) / target);
  let coarse = group(table, resolution);
  while (coarse.length > target && resolution <= span) {
    resolution *= 2;
    coarse = group(coarse, resolution);
  }
  return coarse;
}

/** In the order in which the stretches of a group began to be told: those of one worker stay in the order of time. */
function group(table: StretchTable, resolution: number): StretchTable {
  const columns = emptyColumns(table.length);
  const open = new Map<number, number>();
  let length = 0;
  eachStretch(table, 0, (stretch) => {
    const into = open.get(stretch.worker);
    if (into !== undefined) {
      const begin = columns.begin[into] ?? 0;
      if (stretch.begin >= begin && endOf(stretch) - begin <= resolution) {
        add(columns, into, stretch);
        return;
      }
    }
    open.set(stretch.worker, length);
    columns.worker[length] = stretch.worker;
    columns.begin[length] = stretch.begin;
    columns.item[length] = NO_ITEM;
    add(columns, length, stretch);
    length++;
  });
  const trimmed = emptyColumns(length);
  for (const name of Object.keys(trimmed) as (keyof StretchColumns)[])
    trimmed[name].set(columns[name].subarray(0, length));
  return { columns: [trimmed], length, resolution };
}

function add(columns: StretchColumns, into: number, stretch: Readonly<Stretch>): void {
  columns.startup[into] = (columns.startup[into] ?? 0) + stretch.startup;
  columns.computing[into] = (columns.computing[into] ?? 0) + stretch.computing;
  columns.encoding[into] = (columns.encoding[into] ?? 0) + stretch.encoding;
  if (columns.item[into] === NO_ITEM) columns.item[into] = stretch.item;
  columns.count[into] = (columns.count[into] ?? 0) + stretch.count;
  columns.failed[into] = (columns.failed[into] ?? 0) + stretch.failed;
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
