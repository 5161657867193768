import type { WorkerFunction } from '../../pool/options.ts';
import { referenceTo } from '../function.ts';
import { Remote, registerRemote } from '../remote.ts';

/** One value in a manager. */
export interface ValueProxy<T> {
  /** The value. */
  get(): Promise<T>;
  /** Stores a value. */
  set(value: T): Promise<void>;
  /**
   * Atomic read-modify-write: stores what the exported function `fn`, run on the manager, makes of the value. Resolves to it.
   * While `fn` waits for something, all other calls of this value wait for `fn`: it must not call the value itself.
   */
  update(fn: WorkerFunction<[value: T], T | PromiseLike<T>>): Promise<T>;
}

/** An array of numbers in a manager. */
export interface ArrayProxy<T> {
  /** The element at `index`; negative counts from the end. */
  at(index: number): Promise<T | undefined>;
  /** Replaces an element. Rejects with RangeError outside of the array. */
  set(index: number, value: T): Promise<void>;
  /** Number of elements. */
  length(): Promise<number>;
  /** Copy of the array. */
  toArray(): Promise<T[]>;
}

export class RemoteValue<T> extends Remote implements ValueProxy<T> {
  async get(): Promise<T> {
    return this.step('get');
  }

  async set(value: T): Promise<void> {
    return this.step('set', { value });
  }

  async update(fn: WorkerFunction<[value: T], T | PromiseLike<T>>): Promise<T> {
    return this.step('update', { fn: referenceTo(fn, this.update) });
  }
}

export class RemoteArray<T> extends Remote implements ArrayProxy<T> {
  async at(index: number): Promise<T | undefined> {
    return this.step('at', { index });
  }

  async set(index: number, value: T): Promise<void> {
    return this.step('set', { index, value });
  }

  async length(): Promise<number> {
    return this.step('length');
  }

  async toArray(): Promise<T[]> {
    return this.step('toArray');
  }
}

registerRemote(import.meta.url, RemoteValue);
registerRemote(import.meta.url, RemoteArray);
