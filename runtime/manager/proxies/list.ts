import { Remote, registerRemote } from '../remote.ts';

/** A list in a manager. Each method is one step on the manager and rejects with `SerializationError` or `EOFError`. */
export interface ListProxy<T> {
  /** Adds an item at the end. */
  append(item: T): Promise<void>;
  /** The item at `index`; negative counts from the end. */
  at(index: number): Promise<T | undefined>;
  /** Replaces an item. Rejects with RangeError outside of the list. */
  set(index: number, item: T): Promise<void>;
  /** Removes and inserts as `Array.prototype.splice`; resolves to what was removed. */
  splice(start: number, deleteCount?: number, ...items: T[]): Promise<T[]>;
  /** Number of items. */
  length(): Promise<number>;
  /** Copy of the list. */
  toArray(): Promise<T[]>;
}

export class RemoteList<T> extends Remote implements ListProxy<T> {
  async append(item: T): Promise<void> {
    return this.step('append', { item });
  }

  async at(index: number): Promise<T | undefined> {
    return this.step('at', { index });
  }

  async set(index: number, item: T): Promise<void> {
    return this.step('set', { index, item });
  }

  async splice(start: number, ...rest: [deleteCount?: number, ...items: T[]]): Promise<T[]> {
    const [count, ...items] = rest;
    const deleteCount = rest.length === 0 ? Number.POSITIVE_INFINITY : count;
    return this.step('splice', { start, deleteCount, ...numbered('items', items) });
  }

  async length(): Promise<number> {
    return this.step('length');
  }

  async toArray(): Promise<T[]> {
    return this.step('toArray');
  }
}

registerRemote(import.meta.url, RemoteList);

/** Values as arguments of their own: `items[0]`, `items[1]`. */
export const numbered = (name: string, values: Iterable<unknown>): Record<string, unknown> =>
  Object.fromEntries(Array.from(values, (value, i) => [`${name}[${i}]`, value]));
