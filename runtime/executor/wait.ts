import { AbortError, TimeoutError } from '../errors.ts';
import { delay } from '../pool/delay.ts';
import type { Future } from './future.ts';

/** Last argument of everything that may wait. */
export interface WaitOptions {
  /** Limit in ms. Default: none. */
  timeout?: number | undefined;
  /** Abort rejects with `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** A future from `asCompleted`: the same object, typed without `then`, because `for await` is typed as if it awaited every value. */
export type CompletedFuture<R> = Omit<Future<R>, 'then'>;

/** Options of `wait`. */
export interface WaitFuturesOptions extends WaitOptions {
  /** Default 'all-completed'. */
  returnWhen?: 'first-completed' | 'first-exception' | 'all-completed' | undefined;
}

/** What `wait` resolves to. */
export interface WaitResult<R> {
  /** Futures that have ended or were cancelled. */
  readonly done: Set<Future<R>>;
  /** All others. */
  readonly notDone: Set<Future<R>>;
}

/** The futures in the order in which they end. Throws `TimeoutError` `timeout` ms after the call, `AbortError` on abort. */
export function asCompleted<R>(
  futures: Iterable<Future<R>>,
  { timeout, signal }: WaitOptions = {},
): AsyncIterableIterator<CompletedFuture<R>> {
  const all = new Set(futures);
  const ended: Future<R>[] = [];
  const end = timeout === undefined ? undefined : performance.now() + timeout;
  let left = all.size;
  let wake = () => {};
  // One at a time: a second `next()` before the first is served waits behind it.
  let turn: Promise<unknown> = Promise.resolve();
  for (const future of all)
    future.addDoneCallback(() => {
      ended.push(future);
      wake();
    });
  const take = async (): Promise<IteratorResult<CompletedFuture<R>>> => {
    if (left === 0) return { done: true, value: undefined };
    if (ended.length === 0) {
      const limit = end === undefined ? undefined : Math.max(0, end - performance.now());
      const inTime = await until((done) => (wake = done), limit, signal);
      if (!inTime) throw new TimeoutError(`${left} of ${all.size} futures not done after ${timeout} ms`);
    }
    left--;
    return { done: false, value: ended.shift() as Future<R> };
  };
  return {
    next() {
      const result = turn.then(take);
      turn = result.catch(() => undefined);
      return result;
    },
    async return() {
      left = 0;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Waits for futures; a timeout (ms) is no error, it leaves the rest in `notDone`. Rejects with `AbortError` on abort. */
export async function wait<R>(
  futures: Iterable<Future<R>>,
  { timeout, signal, returnWhen = 'all-completed' }: WaitFuturesOptions = {},
): Promise<WaitResult<R>> {
  const done = new Set<Future<R>>();
  const notDone = new Set(futures);
  let over = false;
  await until(
    (enough) => {
      if (notDone.size === 0) enough();
      for (const future of [...notDone])
        future.addDoneCallback(() => {
          if (over) return;
          notDone.delete(future);
          done.add(future);
          if (notDone.size === 0 || returnWhen === 'first-completed') enough();
          else if (returnWhen === 'first-exception' && !future.cancelled())
            future.exception().then((error) => error !== null && enough(), enough);
        });
    },
    timeout,
    signal,
  );
  over = true;
  return { done, notDone };
}

/** True once `begin`'s callback was called, false after `timeout` ms. */
function until(
  begin: (done: () => void) => void,
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      how();
    };
    const abort = () =>
      settle(() => reject(new AbortError('the wait was aborted', { cause: signal?.reason })));
    const timer =
      timeout === undefined ? undefined : setTimeout(() => settle(() => resolve(false)), delay(timeout));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    else begin(() => settle(() => resolve(true)));
  });
}
