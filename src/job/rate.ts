/** Span in ms over which the rate is told. */
const WINDOW = 5000;

/** Items a second over the last seconds, from a count that is looked at now and then. */
export class RateMeter {
  readonly #samples: { time: number; done: number }[];

  constructor(start: number) {
    this.#samples = [{ time: start, done: 0 }];
  }

  /** Items a second when `done` items are done at `time` (ms). */
  update(time: number, done: number): number {
    this.#samples.push({ time, done });
    while ((this.#samples[1]?.time ?? time) < time - WINDOW) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || time <= first.time) return 0;
    return ((done - first.done) / (time - first.time)) * 1000;
  }
}
