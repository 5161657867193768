import type { Message } from '../protocol/run.ts';
import { JobError } from './errors.ts';

/** Time in ms that running items get to end after a stop. */
const GRACE = 2000;

/** Why a run ends before its items do. */
export type StopReason =
  | { readonly kind: 'user' }
  /** Too many items failed; the text says which limit. */
  | { readonly kind: 'errors'; readonly text: Message }
  /** The run cannot go on: its input or its disk failed, or the pool broke. */
  | { readonly kind: 'failure'; readonly error: unknown };

/**
 * The one place where a run is told to stop. The first request lets running items end for `GRACE` ms; a second one, or
 * the end of the grace, is `forced`.
 */
export class StopSwitch implements Disposable {
  readonly #requested = new AbortController();
  readonly #forced = new AbortController();
  #grace: NodeJS.Timeout | undefined;
  #reason: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  get requested(): AbortSignal {
    return this.#requested.signal;
  }

  get forced(): AbortSignal {
    return this.#forced.signal;
  }

  /** The first call gives the reason; a later one by the user forces. */
  stop(reason: StopReason): void {
    if (this.#reason !== null) {
      if (reason.kind === 'user') this.#forced.abort();
      return;
    }
    this.#reason = reason;
    this.#grace = setTimeout(() => this.#forced.abort(), GRACE);
    this.#requested.abort();
  }

  /** Settles as `promise` does, or rejects with the interruption as soon as a stop is requested: for what nobody waits for then. */
  async race<T>(promise: Promise<T>): Promise<T> {
    using abort = onAbort(this.requested);
    const interrupted = abort.promise.then(() => {
      throw interruption();
    });
    return await Promise.race([promise, interrupted]);
  }

  /** Resolves when a stop is forced. */
  untilForced(): Disposable & { readonly promise: Promise<void> } {
    return onAbort(this.forced);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#grace);
  }
}

export function interruption(): JobError {
  return new JobError('ERR_MANYCORE_INTERRUPTED', 'The run was stopped before its first item', {
    exitCode: 130,
  });
}

/** Resolves when `signal` aborts. Disposed of, the signal keeps nothing of it. */
export function onAbort(signal: AbortSignal): Disposable & { readonly promise: Promise<void> } {
  const { promise, resolve } = withResolvers();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', resolve, { once: true });
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', resolve) };
}

/** `Promise.withResolvers` came with Node 22. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
