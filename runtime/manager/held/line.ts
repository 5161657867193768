/** Things in a row. Taking the first is O(1) however many there are. */

/** Places before the first thing that are worth to be given back. */
const SLACK = 1024;

export class Line<T> {
  #things: T[] = [];
  #first = 0;

  get length(): number {
    return this.#things.length - this.#first;
  }

  add(thing: T): void {
    this.#things.push(thing);
  }

  /** Undefined when there is none. */
  take(): T | undefined {
    if (this.length === 0) return undefined;
    const thing = this.#things[this.#first] as T;
    // Not kept alive by the place that it leaves.
    this.#things[this.#first++] = undefined as T;
    if (this.#first >= SLACK && this.#first * 2 >= this.#things.length) {
      this.#things = this.#things.slice(this.#first);
      this.#first = 0;
    }
    return thing;
  }

  /** Puts a thing before all others. */
  putBack(thing: T): void {
    this.#things = [thing, ...this.#things.slice(this.#first)];
    this.#first = 0;
  }

  remove(thing: T): void {
    this.#things = this.#things.slice(this.#first).filter((one) => one !== thing);
    this.#first = 0;
  }
}
