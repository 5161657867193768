import { LATE } from '../pending.ts';
import { Remote, registerRemote } from '../remote.ts';

/** A flag in a manager. */
export interface EventProxy {
  /** Sets the flag and wakes all who wait. */
  set(): Promise<void>;
  /** Clears the flag. */
  clear(): Promise<void>;
  /** True while the flag is set. */
  isSet(): Promise<boolean>;
  /** True once the flag is set, false after `timeout` ms. */
  wait(timeout?: number): Promise<boolean>;
}

export class RemoteEvent extends Remote implements EventProxy {
  async set(): Promise<void> {
    return this.step('set');
  }

  async clear(): Promise<void> {
    return this.step('clear');
  }

  async isSet(): Promise<boolean> {
    return this.step('isSet');
  }

  async wait(timeout?: number): Promise<boolean> {
    return (await this.call('wait', {}, { timeout })) !== LATE;
  }
}

registerRemote(import.meta.url, RemoteEvent);
