/** Chunks that may run a second time because they are slow, as a share of all. */
const MAX_SHARE = 0.1;
/** Times that say how long a chunk takes. */
const ENOUGH = 4;
/** The last ones count. */
const KEPT = 256;
/** A chunk younger than this in ms is not slow: another lease costs more. */
const YOUNG = 2000;

/** Which chunks to send a second time at the end of a run: those that take twice as long as others. */
export class Stragglers {
  readonly #times: number[] = [];
  #again = 0;

  /** A chunk came back after so many ms. */
  ended(ms: number): void {
    this.#times.push(ms);
    if (this.#times.length > KEPT) this.#times.shift();
  }

  /** Those of `out` that are late, and counts them as sent. `all`: chunks of the run so far. */
  among<T extends { readonly sent: number; readonly twin?: string }>(out: Iterable<T>, all: number): T[] {
    if (this.#times.length < ENOUGH) return [];
    const median = this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1] as number;
    const late = Date.now() - Math.max(YOUNG, 2 * median);
    const most = Math.max(1, Math.floor(all * MAX_SHARE)) - this.#again;
    const found = [...out].filter(({ sent, twin }) => twin === undefined && sent < late);
    const chosen = found.slice(0, Math.max(0, most));
    this.#again += chosen.length;
    return chosen;
  }
}
