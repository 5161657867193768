import { LATE } from '../pending.ts';
import { registerRemote } from '../remote.ts';
import { type LockProxy, RemoteLock } from './lock.ts';

/** A condition variable in a manager. To wait and to notify reject with `ManycoreError` when its lock is not held. */
export interface ConditionProxy extends LockProxy {
  /** Releases the lock, waits to be notified, takes it again. False after `timeout` ms. */
  wait(timeout?: number): Promise<boolean>;
  /** Waits until `predicate`, run in this process, gives a truthy value; resolves to its last value, also after `timeout` ms. */
  waitFor<R>(predicate: () => R | PromiseLike<R>, timeout?: number): Promise<R>;
  /** Wakes `n` of those who wait. Default 1. */
  notify(n?: number): Promise<void>;
  /** Wakes all who wait. */
  notifyAll(): Promise<void>;
}

export class RemoteCondition extends RemoteLock implements ConditionProxy {
  async wait(timeout?: number): Promise<boolean> {
    const notified = await this.call<boolean>('wait', {}, { timeout });
    return notified !== LATE && notified;
  }

  async waitFor<R>(predicate: () => R | PromiseLike<R>, timeout?: number): Promise<R> {
    const end = timeout === undefined ? undefined : performance.now() + timeout;
    for (;;) {
      const value = await predicate();
      if (value) return value;
      const left = end === undefined ? undefined : end - performance.now();
      if (left !== undefined && left <= 0) return value;
      await this.wait(left);
    }
  }

  async notify(n = 1): Promise<void> {
    return this.step('notify', { n });
  }

  async notifyAll(): Promise<void> {
    return this.notify(Number.POSITIVE_INFINITY);
  }
}

registerRemote(import.meta.url, RemoteCondition);
