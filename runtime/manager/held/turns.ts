/** Steps one after the other: who comes while one of them still waits for something comes after it. */
export class Turns {
  readonly #waiting: (() => void | Promise<void>)[] = [];
  #busy = false;

  /** `step` neither throws nor rejects. */
  take(step: () => void | Promise<void>): void {
    if (this.#busy) {
      this.#waiting.push(step);
      return;
    }
    const result = step();
    if (result === undefined) return;
    this.#busy = true;
    void result.then(() => {
      this.#busy = false;
      while (!this.#busy) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        this.take(next);
      }
    });
  }
}
