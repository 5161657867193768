/** Those who wait for messages of one connection, served in the order in which they came. */
import { AbortError, ManycoreError, TimeoutError } from '../errors.ts';
import type { WaitOptions } from '../executor/wait.ts';
import { onAbort } from '../pool/abort.ts';
import { delay } from '../pool/delay.ts';
import type { Link } from './link.ts';
import { bodyOf, FRAME, typeOf } from './message.ts';
import { came, lookOut } from './vigil.ts';

interface Waiter {
  /** Takes the message, or looks at it; undefined is the end. Throws why it is not for this one. */
  serve(frame: Buffer | undefined): { readonly taken: boolean };
  fail(error: Error): void;
}

export class Receiver {
  readonly #link: Link;
  readonly #waiters: Waiter[] = [];

  constructor(link: Link) {
    this.#link = link;
    link.inbox.onChange = () => this.#serve();
  }

  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** The next message, which must be of this type and no longer. */
  next(type: number, options: WaitOptions, maxLength = Number.POSITIVE_INFINITY): Promise<Buffer> {
    return this.#wait<Buffer>(options, 'received', (frame, resolve) => {
      if (frame === undefined) throw this.#link.gone();
      if (typeOf(frame) !== type)
        throw new ManycoreError(
          type === FRAME.value
            ? 'the next message holds bytes: receive it with recvBytes()'
            : 'the next message holds a value: receive it with recv()',
        );
      if (bodyOf(frame).length > maxLength)
        throw new ManycoreError(
          `the next message has ${bodyOf(frame).length} bytes, and maxLength is ${maxLength}: receive it with a larger one`,
        );
      resolve(frame);
      return { taken: true };
    });
  }

  /** True when a message or the end is there within `timeout` ms. */
  async poll(timeout: number): Promise<boolean> {
    try {
      return await this.#wait<boolean>({ timeout }, 'there', (_, resolve) => {
        resolve(true);
        return { taken: false };
      });
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }

  /** Everybody who waits gets `error`. */
  stop(error: Error): void {
    this.#link.inbox.onChange = () => {};
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
  }

  #wait<R>(
    { timeout, signal }: WaitOptions,
    what: string,
    serve: (frame: Buffer | undefined, resolve: (value: R) => void) => { readonly taken: boolean },
  ): Promise<R> {
    if (timeout !== undefined && (typeof timeout !== 'number' || Number.isNaN(timeout)))
      return Promise.reject(
        new RangeError(`timeout must be a number of ms, received ${String(timeout)} (${typeof timeout})`),
      );
    return new Promise<R>((resolve, reject) => {
      const aborted = () => new AbortError('the wait was aborted', { cause: signal?.reason });
      if (signal?.aborted === true) {
        reject(aborted());
        return;
      }
      let cancelTimer = () => {};
      const off = onAbort(signal, () => leave(aborted()));
      const settle = () => {
        cancelTimer();
        off();
      };
      const waiter: Waiter = {
        serve: (frame) =>
          serve(frame, (value) => {
            settle();
            resolve(value);
          }),
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const leave = (error: Error) => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        waiter.fail(error);
        this.#serve();
      };
      this.#waiters.push(waiter);
      if (this.#link.inbox.isEmpty) lookOut();
      if (timeout !== undefined)
        cancelTimer = after(timeout, () =>
          leave(new TimeoutError(`nothing was ${what} within ${timeout} ms`)),
        );
      this.#serve();
    });
  }

  #serve(): void {
    const { inbox } = this.#link;
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      const message = inbox.peek();
      if (message === undefined && !inbox.isEnded) return;
      this.#waiters.shift();
      came();
      try {
        if (waiter.serve(message?.frame).taken) inbox.take()?.taken?.();
      } catch (error) {
        waiter.fail(error as Error);
      }
    }
  }
}

/** Calls `then` after `ms`, and not before what has arrived by now could be read: sockets are looked at between two turns. */
function after(ms: number, then: () => void): () => void {
  let cancelled = false;
  const late = () =>
    setImmediate(() =>
      setImmediate(() => {
        if (!cancelled) then();
      }),
    );
  const timer = ms > 0 ? setTimeout(late, delay(ms)) : undefined;
  if (timer === undefined) late();
  return () => {
    cancelled = true;
    clearTimeout(timer);
  };
}
