import { QueueEmptyError, QueueFullError } from '../../errors.ts';
import type { WaitOptions } from '../../executor/wait.ts';
import { LATE } from '../pending.ts';
import { Remote, registerRemote } from '../remote.ts';

/** A queue in a manager. */
export interface QueueProxy<T> {
  /** Puts an item, waiting for room. Rejects with `QueueFullError` after `timeout` ms, `SerializationError`. */
  put(item: T, options?: WaitOptions): Promise<void>;
  /** Puts an item or rejects with `QueueFullError`. */
  putNoWait(item: T): Promise<void>;
  /** Takes the next item, waiting for one. Rejects with `QueueEmptyError` after `timeout` ms. */
  get(options?: WaitOptions): Promise<T>;
  /** Takes the next item or rejects with `QueueEmptyError`. */
  getNoWait(): Promise<T>;
  /** True if there was no item a moment ago. */
  empty(): Promise<boolean>;
  /** True if there was no room a moment ago. */
  full(): Promise<boolean>;
  /** Number of items a moment ago. */
  qsize(): Promise<number>;
}

/** A queue in a manager that counts unfinished items. */
export interface JoinableQueueProxy<T> extends QueueProxy<T> {
  /** One item that was taken is finished. Rejects with `ManycoreError` when called more often than `get`. */
  taskDone(): Promise<void>;
  /** Resolves when every item that was put is finished. */
  join(): Promise<void>;
}

export class RemoteQueue<T> extends Remote implements QueueProxy<T> {
  async put(item: T, options: WaitOptions = {}): Promise<void> {
    if ((await this.call('put', { item }, options)) === LATE)
      throw new QueueFullError(`Queue.put: there was no room within ${options.timeout} ms`);
  }

  async putNoWait(item: T): Promise<void> {
    return this.step('putNoWait', { item });
  }

  async get(options: WaitOptions = {}): Promise<T> {
    const item = await this.call<T>('get', {}, options);
    if (item === LATE) throw new QueueEmptyError(`Queue.get: no item came within ${options.timeout} ms`);
    return item;
  }

  async getNoWait(): Promise<T> {
    return this.step('getNoWait');
  }

  async empty(): Promise<boolean> {
    return this.step('empty');
  }

  async full(): Promise<boolean> {
    return this.step('full');
  }

  async qsize(): Promise<number> {
    return this.step('qsize');
  }
}

export class RemoteJoinableQueue<T> extends RemoteQueue<T> implements JoinableQueueProxy<T> {
  async taskDone(): Promise<void> {
    return this.step('taskDone');
  }

  async join(): Promise<void> {
    return this.step('join');
  }
}

registerRemote(import.meta.url, RemoteQueue);
registerRemote(import.meta.url, RemoteJoinableQueue);
