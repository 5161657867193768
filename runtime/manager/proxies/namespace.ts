import { Remote, registerRemote } from '../remote.ts';
import { pairs } from './dict.ts';

/** An object in a manager. */
export interface NamespaceProxy<T extends object> {
  /** The property `name`. */
  get<K extends keyof T>(name: K): Promise<T[K]>;
  /** Stores a property. */
  set<K extends keyof T>(name: K, value: T[K]): Promise<void>;
  /** Removes a property; false when there was none. */
  delete(name: keyof T): Promise<boolean>;
  /** Copy of the object. */
  toObject(): Promise<T>;
}

export class RemoteNamespace<T extends object> extends Remote implements NamespaceProxy<T> {
  async get<K extends keyof T>(name: K): Promise<T[K]> {
    return this.step('get', { name });
  }

  async set<K extends keyof T>(name: K, value: T[K]): Promise<void> {
    return this.step('set', { name, value });
  }

  async delete(name: keyof T): Promise<boolean> {
    return this.step('delete', { name });
  }

  async toObject(): Promise<T> {
    return Object.fromEntries(pairs(await this.step<unknown[]>('entries'))) as T;
  }
}

registerRemote(import.meta.url, RemoteNamespace);
