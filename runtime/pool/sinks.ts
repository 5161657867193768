/** What becomes of the outcomes of a call: one array, or an iterator. */
import type { Sink } from './call.ts';

interface Failure {
  readonly error: unknown;
  readonly index: number;
}

/** V8 makes larger ones dictionaries at once. */
const MAX_PREALLOCATED = 32_000_000;

/** Collects all values; fails with the error of the lowest index, after everything has ended. */
export class ArraySink implements Sink {
  readonly promise: Promise<unknown[]>;
  readonly #values: unknown[];
  #failure: Failure | undefined;
  #resolve: (values: unknown[]) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  begins: (() => void) | undefined;
  taken = 0;

  /** `count` values will come, if that is known. */
  constructor(count = 0) {
    // Results come out of order: an array that had to grow in leaps would become a dictionary.
    this.#values = count <= MAX_PREALLOCATED ? new Array<unknown>(count) : [];
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  value(index: number, value: unknown): void {
    this.#values[index] = value;
    this.taken++;
  }

  error(index: number, error: unknown): void {
    this.taken++;
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { error, index };
  }

  end(failure?: Failure): void {
    const first =
      failure !== undefined && (this.#failure === undefined || failure.index < this.#failure.index)
        ? failure
        : this.#failure;
    // The input may have become shorter meanwhile.
    this.#values.length = this.taken;
    if (first === undefined) this.#resolve(this.#values);
    else this.#reject(first.error);
  }
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };
interface Waiter {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives outcomes one by one as an iterator, in the order of the input or of completion. */
export class StreamSink implements Sink, AsyncIterableIterator<unknown> {
  readonly #ordered: boolean;
  /** Outcomes by index when ordered. */
  readonly #byIndex = new Map<number, Outcome>();
  /** Outcomes in the order in which they are to be given; taken from `#head` on. */
  #queue: Outcome[] = [];
  #head = 0;
  #nextIndex = 0;
  readonly #waiters: Waiter[] = [];
  #ended = false;
  taken = 0;
  /** Set by the owner. */
  onTaken: () => void = () => {};
  #onLeave: () => void = () => {};

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  /** Set by the owner; called at once when the consumer has left before. */
  set onLeave(then: () => void) {
    this.#onLeave = then;
    if (this.#ended) then();
  }

  value(index: number, value: unknown): void {
    this.#outcome(index, { value });
  }

  error(index: number, error: unknown): void {
    this.#outcome(index, { error });
  }

  end(failure?: Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    if (failure !== undefined) this.#give({ error: failure.error });
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }

  async next(): Promise<IteratorResult<unknown>> {
    const outcome = this.#queue[this.#head];
    if (outcome !== undefined) {
      this.#shift();
      this.#took();
      if ('error' in outcome) throw outcome.error;
      return { done: false, value: outcome.value };
    }
    if (this.#ended) return { done: true, value: undefined };
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#ended = true;
    this.#queue = [];
    this.#head = 0;
    this.#byIndex.clear();
    this.#onLeave();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
    return { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #outcome(index: number, outcome: Outcome): void {
    if (this.#ended) return;
    if (!this.#ordered) {
      this.#give(outcome);
      return;
    }
    if (index !== this.#nextIndex) {
      this.#byIndex.set(index, outcome);
      return;
    }
    let ready: Outcome | undefined = outcome;
    while (ready !== undefined) {
      this.#give(ready);
      ready = this.#byIndex.get(++this.#nextIndex);
      if (ready !== undefined) this.#byIndex.delete(this.#nextIndex);
    }
  }

  #give(outcome: Outcome): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#queue.push(outcome);
      return;
    }
    this.#took();
    if ('error' in outcome) waiter.reject(outcome.error);
    else waiter.resolve({ done: false, value: outcome.value });
  }

  #took(): void {
    this.taken++;
    this.onTaken();
  }

  #shift(): void {
    this.#head++;
    if (this.#head < 1024 || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }
}
