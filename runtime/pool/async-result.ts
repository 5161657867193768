import { ManycoreError, TimeoutError } from '../errors.ts';
import { callBack } from '../watch/callback.ts';
import { delay } from './delay.ts';
import type { ResultCallbacks } from './options.ts';

/** The result of an `...Async` call. Awaiting it is `get()` without a limit. */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>;
  #state: 'pending' | 'succeeded' | 'failed' = 'pending';

  /** @internal */
  static of<R>(promise: Promise<R>, callbacks?: ResultCallbacks<R>): AsyncResult<R> {
    return new AsyncResult(promise, callbacks);
  }

  /** Made by the runtime only. */
  private constructor(promise: Promise<R>, { callback, errorCallback }: ResultCallbacks<R> = {}) {
    this.#promise = promise;
    promise.then(
      (value) => {
        this.#state = 'succeeded';
        if (callback !== undefined) callBack('the callback of a call', () => callback(value));
      },
      (error: unknown) => {
        // Whoever asks gets the error; nobody asking is no unhandled rejection, as in Python.
        this.#state = 'failed';
        const asError = error instanceof Error ? error : new Error(String(error), { cause: error });
        if (errorCallback !== undefined)
          callBack('the errorCallback of a call', () => errorCallback(asError));
      },
    );
  }

  /** The result. Rejects with the error of the task, or with `TimeoutError` after `timeout` ms; the task goes on. */
  async get(timeout?: number): Promise<R> {
    if (timeout === undefined || (await this.wait(timeout))) return this.#promise;
    throw new TimeoutError(`no result after ${timeout} ms; the task goes on`);
  }

  /** True once there is a result or an error, false after `timeout` ms. Never rejects with the error of the task. */
  async wait(timeout?: number): Promise<boolean> {
    const ended = this.#promise.then(
      () => true,
      () => true,
    );
    if (timeout === undefined || this.ready()) return ended;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, delay(timeout), false);
    });
    try {
      return await Promise.race([ended, limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** True once there is a result or an error. */
  ready(): boolean {
    return this.#state !== 'pending';
  }

  /** True when the task ended without an error. Throws `ManycoreError` before `ready()`. */
  successful(): boolean {
    if (this.#state === 'pending')
      throw new ManycoreError('successful() was called before the result is ready()');
    return this.#state === 'succeeded';
  }

  /** Makes the result awaitable; settles as `get()` does. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting the result is its purpose.
  then<R1 = R, R2 = never>(
    onfulfilled?: ((value: R) => R1 | PromiseLike<R1>) | null,
    onrejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#promise.then(onfulfilled, onrejected);
  }
}
