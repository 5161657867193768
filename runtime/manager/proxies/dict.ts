import type { WorkerFunction } from '../../pool/options.ts';
import { referenceTo } from '../function.ts';
import { Remote, registerRemote } from '../remote.ts';

/** A map in a manager. Each method is one step on the manager and rejects with `SerializationError` or `EOFError`. */
export interface DictProxy<K, V> {
  /** The value under `key`. */
  get(key: K): Promise<V | undefined>;
  /** Stores `value` under `key`. */
  set(key: K, value: V): Promise<void>;
  /** True when there is such a key. */
  has(key: K): Promise<boolean>;
  /** Removes `key`; false when there was none. */
  delete(key: K): Promise<boolean>;
  /**
   * Atomic read-modify-write: stores what the exported function `fn`, run on the manager, makes of the value. Resolves to it.
   * While `fn` waits for something, all other calls of this map wait for `fn`: it must not call the map itself.
   */
  update(key: K, fn: WorkerFunction<[value: V | undefined], V | PromiseLike<V>>): Promise<V>;
  /** Copy of the keys. */
  keys(): Promise<K[]>;
  /** Copy of the values. */
  values(): Promise<V[]>;
  /** Copy of the entries. */
  entries(): Promise<[K, V][]>;
  /** Copy of the map. */
  toMap(): Promise<Map<K, V>>;
}

export class RemoteDict<K, V> extends Remote implements DictProxy<K, V> {
  async get(key: K): Promise<V | undefined> {
    return this.step('get', { key: plain(key) });
  }

  async set(key: K, value: V): Promise<void> {
    return this.step('set', { key: plain(key), value });
  }

  async has(key: K): Promise<boolean> {
    return this.step('has', { key: plain(key) });
  }

  async delete(key: K): Promise<boolean> {
    return this.step('delete', { key: plain(key) });
  }

  async update(key: K, fn: WorkerFunction<[value: V | undefined], V | PromiseLike<V>>): Promise<V> {
    return this.step('update', { key: plain(key), fn: referenceTo(fn, this.update) });
  }

  async keys(): Promise<K[]> {
    return this.step('keys');
  }

  async values(): Promise<V[]> {
    return this.step('values');
  }

  async entries(): Promise<[K, V][]> {
    return pairs(await this.step<unknown[]>('entries')) as [K, V][];
  }

  async toMap(): Promise<Map<K, V>> {
    return new Map(await this.entries());
  }
}

registerRemote(import.meta.url, RemoteDict);

/** Keys are compared by their bytes: 0 and -0 are one key, as in a `Map`. */
const plain = <K>(key: K): K => (Object.is(key, -0) ? (0 as K) : key);

/** Entries as arguments: keys and values, one behind the other. */
export function entryArguments(entries: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  let i = 0;
  for (const [key, value] of entries) {
    args[`init[${i}][0]`] = plain(key);
    args[`init[${i++}][1]`] = value;
  }
  return args;
}

/** Of values one behind the other. */
export function pairs(values: readonly unknown[]): [unknown, unknown][] {
  const all: [unknown, unknown][] = [];
  for (let i = 0; i < values.length; i += 2) all.push([values[i], values[i + 1]]);
  return all;
}
