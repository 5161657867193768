import type { PackedStretches, TimelineSpan } from '../protocol/run.ts';
import {
  endOf,
  joinStretch,
  MAX_STRETCHES,
  packStretches,
  type Stretch,
  stretchOf,
} from '../report/stretches.ts';

/** Most stretches in one event. */
export const MAX_STRETCHES_A_TICK = 10_000;

/**
 * Makes one stretch of the spans of each item, for whoever watches the run. Once as many were told as a viewer keeps, those
 * that lie close together are told as one, ever more coarsely: a run of any length is told in few times that many.
 */
export class LiveTimeline {
  readonly #open = new Map<number, Stretch>();
  readonly #budget: number;
  #waiting: Stretch[] = [];
  /** ms below which stretches are put together. */
  #resolution = 0;
  #told = 0;
  #begun = Number.POSITIVE_INFINITY;

  /** @param budget stretches that a viewer keeps. */
  constructor(budget = MAX_STRETCHES) {
    this.#budget = budget;
  }

  /** Spans of one worker come in the order of time. */
  add(span: TimelineSpan): void {
    this.#begun = Math.min(this.#begun, span.begin);
    const open = this.#open.get(span.worker);
    const next = stretchOf(span);
    if (open !== undefined && this.#takes(open, next, span)) {
      joinStretch(open, next);
      return;
    }
    this.#open.set(span.worker, next);
    this.#waiting.push(next);
    if (this.#waiting.length > 2 * MAX_STRETCHES_A_TICK) this.#halve();
  }

  /** What is new since the last call, or null. A short stretch waits until others have joined it; see `finish`. */
  take(): PackedStretches | null {
    this.#shrink();
    const waits = this.#resolution === 0 ? [] : this.#waiting.filter((each) => this.#isShort(each));
    const kept = new Set(waits);
    const ready = waits.length === 0 ? this.#waiting : this.#waiting.filter((each) => !kept.has(each));
    this.#waiting = waits;
    if (waits.length === 0) this.#open.clear();
    else for (const [worker, open] of this.#open) if (!kept.has(open)) this.#open.delete(worker);
    return this.#tell(ready);
  }

  /** All that waits: the last call of a run. */
  finish(): PackedStretches | null {
    this.#shrink();
    const ready = this.#waiting;
    this.#waiting = [];
    this.#open.clear();
    return this.#tell(ready);
  }

  #tell(stretches: readonly Stretch[]): PackedStretches | null {
    if (stretches.length === 0) return null;
    this.#told += stretches.length;
    if (this.#told > this.#budget) this.#growCoarser(stretches);
    return packStretches(stretches);
  }

  /** As a viewer does, which then keeps half of what it had. */
  #growCoarser(stretches: readonly Stretch[]): void {
    const workers = new Set(stretches.map(({ worker }) => worker)).size;
    const length = Math.max(...stretches.map(endOf)) - this.#begun;
    this.#resolution = Math.max(2 * this.#resolution, (2 * length * workers) / this.#budget);
    this.#told = this.#budget / 2;
  }

  /** What an item computed and what encoding its result took are one stretch at any resolution. */
  #takes(open: Stretch, next: Stretch, span: TimelineSpan): boolean {
    if (span.begin < open.begin) return false;
    if (span.kind === 'encoding' && open.item === span.item && open.count === 1) return true;
    return endOf(next) - open.begin <= this.#resolution;
  }

  #isShort(stretch: Stretch): boolean {
    return (
      this.#open.get(stretch.worker) === stretch && endOf(stretch) - stretch.begin < this.#resolution / 2
    );
  }

  /** More in a tick than can be told become fewer; a worker's last one stays, however many workers there are. */
  #shrink(): void {
    let before = Number.POSITIVE_INFINITY;
    while (this.#waiting.length > MAX_STRETCHES_A_TICK && this.#waiting.length < before) {
      before = this.#waiting.length;
      this.#halve();
    }
  }

  /** Each second stretch of a worker joins the one before it. */
  #halve(): void {
    const odd = new Map<number, Stretch>();
    const halved: Stretch[] = [];
    for (const stretch of this.#waiting) {
      const before = odd.get(stretch.worker);
      if (before === undefined || stretch.begin < before.begin) {
        odd.set(stretch.worker, stretch);
        halved.push(stretch);
      } else {
        joinStretch(before, stretch);
        odd.delete(stretch.worker);
        if (this.#open.get(stretch.worker) === stretch) this.#open.set(stretch.worker, before);
      }
    }
    this.#waiting = halved;
  }
}
