import { TimeoutError } from '../../errors.ts';
import type { WaitOptions } from '../../executor/wait.ts';
import type { HoldOptions } from '../../sync/lock.ts';
import { LATE } from '../pending.ts';
import { Remote, type RemoteParts, registerRemote } from '../remote.ts';

/**
 * A lock or semaphore in a manager. The process that took a lock holds it; when that ends without giving it back, the lock is free
 * again, and the next `hold` is told. What a semaphore gave to a process that ended does not come back.
 */
export interface LockProxy {
  /** Takes it. False after `timeout` ms; rejects with `AbortError` on abort. */
  acquire(options?: WaitOptions): Promise<boolean>;
  /** Gives it back. Rejects with `ManycoreError` when it is not held. */
  release(): Promise<void>;
  /** `await using held = await lock.hold()`. Rejects with `TimeoutError`, `AbortError`, `LockAbandonedError`. */
  hold(options?: HoldOptions): Promise<AsyncDisposable>;
  /** Runs `body` in this process holding it. Rejects as `hold` does and with what `body` threw. */
  with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R>;
}

export interface LockParts extends RemoteParts {
  /** What messages call it. */
  readonly kind: 'Lock' | 'RLock' | 'Semaphore' | 'Condition';
}

export class RemoteLock extends Remote<LockParts> implements LockProxy {
  async acquire(options?: WaitOptions): Promise<boolean> {
    return (await this.call('acquire', {}, options)) !== LATE;
  }

  async release(): Promise<void> {
    return this.step('release');
  }

  async hold({ recover = false, ...options }: HoldOptions = {}): Promise<AsyncDisposable> {
    if ((await this.call('hold', { recover }, options)) === LATE)
      throw new TimeoutError(`${this.parts.kind} was not free within ${options.timeout} ms`);
    let held = true;
    return {
      [Symbol.asyncDispose]: async () => {
        if (!held) return;
        held = false;
        await this.release();
      },
    };
  }

  async with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R> {
    await using _hold = await this.hold(options);
    return await body();
  }
}

registerRemote(import.meta.url, RemoteLock);
