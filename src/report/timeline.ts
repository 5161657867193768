import type { TimelineSpan } from '../protocol/run.ts';

/**
 * Keeping the timeline of a run of any length small, for the report and the trace. (Who watches gets `stretches.ts`.)
 *
 * Spans of one worker that lie close together form a group. A group of several keeps the time of each kind, the items
 * and the failures of its spans, laid end to end from where it began; what the worker idled comes after them:
 *
 *     |CC|E|  |C|E| |CCC|E|      three items, 9 of 18 units computing
 *     |CCCCCC|EEE|        |      the same as one group
 *
 * So the area of a kind stays exact and no two spans of a worker overlap, at any resolution.
 */

/** Most spans kept for one run. */
const SPAN_BUDGET = 20_000;

const KINDS = ['startup', 'computing', 'encoding'] as const;

/** Collects spans as items finish, and keeps a bounded number of them. Spans of one worker come in the order of time. */
export class SpanCoalescer {
  readonly #budget: number;
  readonly #groups = new Map<number, Group>();
  #resolution = 0;
  #kept: TimelineSpan[] = [];

  /** @param budget most spans that `all` gives, beside those of the groups still open (at most three for a worker). */
  constructor(budget: number = SPAN_BUDGET) {
    if (!(budget >= 1)) throw new RangeError(`The span budget must be at least 1, got ${budget}.`);
    this.#budget = budget;
  }

  add(span: TimelineSpan): void {
    const group = this.#groups.get(span.worker);
    if (group === undefined) this.#open(span);
    else if (group.takes(span, this.#resolution)) this.#closeIfLong(group.add(span));
    else {
      this.#close(group);
      this.#open(span);
    }
  }

  /** The whole run so far, at one resolution: what the report draws. */
  all(): TimelineSpan[] {
    return compactSpans(
      [...this.#kept, ...[...this.#groups.values()].flatMap((group) => group.spans())],
      this.#budget,
    );
  }

  #open(span: TimelineSpan): void {
    const group = new Group(span);
    this.#groups.set(span.worker, group);
    this.#closeIfLong(group);
  }

  #closeIfLong(group: Group): void {
    if (group.end - group.begin >= this.#resolution / 2) this.#close(group);
  }

  #close(group: Group): void {
    this.#groups.delete(group.worker);
    this.#kept.push(...group.spans());
    if (this.#kept.length > this.#budget) this.#coarsen();
  }

  // To half the budget at once, so that the cost of going over all spans is spread over as many new ones.
  #coarsen(): void {
    const coarse = coarsen(this.#kept, Math.ceil(this.#budget / 2), this.#resolution);
    this.#kept = coarse.spans;
    this.#resolution = coarse.resolution;
  }
}

/** The same spans, put together just as coarsely as is needed for at most `budget` (or three for each worker, if more). */
export function compactSpans(spans: readonly TimelineSpan[], budget: number): TimelineSpan[] {
  if (spans.length <= budget) return [...spans];
  return coarsen(spans, Math.ceil(budget / 2), 0).spans;
}

function coarsen(
  spans: readonly TimelineSpan[],
  target: number,
  from: number,
): { spans: TimelineSpan[]; resolution: number } {
  const sorted = [...spans].sort((a, b) => a.worker - b.worker || a.begin - b.begin);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const span of sorted) {
    first = Math.min(first, span.begin);
    last = Math.max(last, span.end);
  }
  const length = last - first;
  let resolution = Math.max(from * 2, length / target / 4, Number.EPSILON);
  let coarse = groupSpans(sorted, resolution);
  while (coarse.length > target && resolution <= length) {
    resolution *= 2;
    coarse = groupSpans(coarse, resolution);
  }
  return { spans: coarse, resolution };
}

function groupSpans(sorted: readonly TimelineSpan[], resolution: number): TimelineSpan[] {
  const out: TimelineSpan[] = [];
  let group: Group | null = null;
  for (const span of sorted) {
    if (group?.takes(span, resolution)) group.add(span);
    else {
      if (group !== null) out.push(...group.spans());
      group = new Group(span);
    }
  }
  if (group !== null) out.push(...group.spans());
  return out;
}

class Group {
  readonly worker: number;
  begin: number;
  end: number;
  readonly #first: TimelineSpan;
  #size = 1;
  readonly #parts = new Map<
    TimelineSpan['kind'],
    { ms: number; item: number; count: number; failed: number }
  >();

  constructor(span: TimelineSpan) {
    this.worker = span.worker;
    this.begin = span.begin;
    this.end = span.end;
    this.#first = span;
    this.#put(span);
  }

  takes(span: TimelineSpan, resolution: number): boolean {
    return span.worker === this.worker && Math.max(span.end, this.end) - this.begin <= resolution;
  }

  add(span: TimelineSpan): this {
    this.begin = Math.min(this.begin, span.begin);
    this.end = Math.max(this.end, span.end);
    this.#size++;
    this.#put(span);
    return this;
  }

  spans(): TimelineSpan[] {
    if (this.#size === 1) return [this.#first];
    const out: TimelineSpan[] = [];
    let begin = this.begin;
    for (const kind of KINDS) {
      const part = this.#parts.get(kind);
      if (part === undefined) continue;
      const { ms, item, count, failed } = part;
      out.push({ worker: this.worker, kind, begin, end: begin + ms, item, count, failed });
      begin += ms;
    }
    return out;
  }

  #put(span: TimelineSpan): void {
    const ms = span.end - span.begin;
    const part = this.#parts.get(span.kind);
    if (part === undefined) {
      this.#parts.set(span.kind, { ms, item: span.item, count: span.count, failed: span.failed });
      return;
    }
    part.ms += ms;
    part.count += span.count;
    part.failed += span.failed;
    if (part.item < 0) part.item = span.item;
  }
}
