/** Runs work side by side, but for what has to be alone. */
export class Turns {
  readonly #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  /** Begins when nothing that is alone runs. */
  beside<T>(work: () => Promise<T>): Promise<T> {
    return this.#begin(this.#alone, work).turn;
  }

  /** Begins when nothing runs any more; what comes later waits for it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const { turn, settled } = this.#begin(Promise.all(this.#running), work);
    this.#alone = settled;
    return turn;
  }

  #begin<T>(
    before: Promise<unknown>,
    work: () => Promise<T>,
  ): { turn: Promise<T>; settled: Promise<unknown> } {
    const turn = before.then(work);
    const settled = turn
      .catch(() => {})
      .then(() => {
        this.#running.delete(settled);
      });
    this.#running.add(settled);
    return { turn, settled };
  }
}
