/** What `executor.map` adds to a stream of results: several inputs, and one deadline. */
import { TimeoutError } from '../errors.ts';
import { delay } from '../pool/delay.ts';

type Items = Iterable<unknown> | AsyncIterable<unknown>;

/** Lists of one item of each, until the shortest ends; the others are closed then. */
export function zip(inputs: readonly Items[]): Iterable<unknown[]> | AsyncIterable<unknown[]> {
  const sync = inputs.every((input): input is Iterable<unknown> => Symbol.iterator in Object(input));
  return sync ? zipSync(inputs as Iterable<unknown>[]) : zipAsync(inputs);
}

function* zipSync(inputs: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const iterators = inputs.map((input) => input[Symbol.iterator]());
  try {
    while (iterators.length > 0) {
      const tuple: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = iterator.next();
        if (done === true) return;
        tuple.push(value);
      }
      yield tuple;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

async function* zipAsync(inputs: readonly Items[]): AsyncGenerator<unknown[]> {
  const iterators = inputs.map((input) =>
    Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator](),
  );
  try {
    while (true) {
      const tuple: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = await iterator.next();
        if (done === true) return;
        tuple.push(value);
      }
      yield tuple;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** The same results; a `next()` that is not served `timeout` ms from now throws `TimeoutError`. */
export function withDeadline<T>(
  results: AsyncIterableIterator<T>,
  timeout: number | undefined,
): AsyncIterableIterator<T> {
  if (timeout === undefined) return results;
  const end = performance.now() + timeout;
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => {
            reject(new TimeoutError(`no result ${timeout} ms after the call of map()`));
            void results.return?.();
          },
          delay(Math.max(0, end - performance.now())),
        );
        results
          .next()
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      }),
    return: async (value?: unknown) => {
      await results.return?.();
      return { done: true, value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
