import { AbortError, TimeoutError } from '../errors.ts';
import { delay } from '../pool/delay.ts';
import { callBack } from '../watch/callback.ts';

/** The result of `submit`. Awaiting it is `result()` without a limit. */
export class Future<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>;
  readonly #abort = new AbortController();
  /** Without the type of the result: a future of a number is one of a number or a string, too. */
  readonly #callbacks: (() => void)[] = [];
  #state: 'pending' | 'running' | 'cancelled' | 'done' = 'pending';
  #reject: (error: Error) => void = () => {};

  /** @internal Throws what `run` throws. */
  static of<R>(run: (signal: AbortSignal, begins: () => void) => PromiseLike<R>): Future<R> {
    return new Future(run);
  }

  /** Made by the runtime only. */
  private constructor(run: (signal: AbortSignal, begins: () => void) => PromiseLike<R>) {
    const task = run(this.#abort.signal, () => {
      if (this.#state === 'pending') this.#state = 'running';
    });
    this.#promise = new Promise((resolve, reject) => {
      this.#reject = reject;
      const settle = (end: () => void) => {
        if (this.#state === 'cancelled') return;
        this.#state = 'done';
        end();
        this.#tell();
      };
      task.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
    // Whoever asks gets the error; nobody asking is no unhandled rejection, as in Python.
    this.#promise.catch(() => {});
  }

  /** Cancels the task if it has not begun; false when it runs or is done. */
  cancel(): boolean {
    if (this.#state === 'cancelled') return true;
    if (this.#state !== 'pending') return false;
    this.#state = 'cancelled';
    this.#abort.abort();
    this.#reject(new AbortError('the future was cancelled before its task began'));
    this.#tell();
    return true;
  }

  /** True after a successful `cancel()`. */
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** True while a worker has the task. */
  running(): boolean {
    return this.#state === 'running';
  }

  /** True when the task has ended or was cancelled. */
  done(): boolean {
    return this.#state === 'done' || this.#state === 'cancelled';
  }

  /** The result. Rejects with the error of the task, `AbortError` when cancelled, `TimeoutError` after `timeout` ms. */
  result(timeout?: number): Promise<R> {
    if (timeout === undefined || this.done()) return this.#promise;
    return new Promise((resolve, reject) => {
      const late = () => reject(new TimeoutError(`no result after ${timeout} ms; the task goes on`));
      const timer = setTimeout(late, delay(timeout));
      this.#promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** The error of the task, or null. Rejects with `AbortError` when cancelled and `TimeoutError` after `timeout` ms. */
  async exception(timeout?: number): Promise<Error | null> {
    try {
      await this.result(timeout);
      return null;
    } catch (error) {
      if (this.#state !== 'done') throw error;
      return error instanceof Error ? error : new Error(String(error), { cause: error });
    }
  }

  /** Calls `callback` with this future once it is done, at once if it is already. What it throws becomes a process warning. */
  addDoneCallback(callback: (future: Future<R>) => void): void {
    this.#callbacks.push(() => callback(this));
    if (this.done()) this.#tell();
  }

  /** Makes the future awaitable; settles as `result()` does. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting the future is its purpose.
  then<R1 = R, R2 = never>(
    onfulfilled?: ((value: R) => R1 | PromiseLike<R1>) | null,
    onrejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#promise.then(onfulfilled, onrejected);
  }

  #tell(): void {
    for (const callback of this.#callbacks.splice(0)) callBack('a done callback of a future', callback);
  }
}
