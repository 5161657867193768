import { BrokenBarrierError } from '../../errors.ts';
import { LATE } from '../pending.ts';
import { Remote, type RemoteParts, registerRemote } from '../remote.ts';

/** A barrier in a manager. Its action runs on the manager. The death of a process that waits breaks it. */
export interface BarrierProxy {
  /** Resolves to this party's number. Rejects with `BrokenBarrierError`, also after `timeout` ms. */
  wait(timeout?: number): Promise<number>;
  /** Makes it empty again. */
  reset(): Promise<void>;
  /** Breaks it until `reset()`. */
  abort(): Promise<void>;
  /** Number of parties. */
  parties(): Promise<number>;
  /** Number of parties that wait now. */
  nWaiting(): Promise<number>;
  /** True while it is broken. */
  broken(): Promise<boolean>;
}

export interface BarrierParts extends RemoteParts {
  /** Default limit of `wait` in ms. */
  readonly timeout: number | undefined;
}

export class RemoteBarrier extends Remote<BarrierParts> implements BarrierProxy {
  async wait(timeout = this.parts.timeout): Promise<number> {
    const number = await this.call<number>('wait', {}, { timeout });
    if (number !== LATE) return number;
    throw new BrokenBarrierError(`Barrier.wait: not all of its parties came within ${timeout} ms`);
  }

  async reset(): Promise<void> {
    return this.step('reset');
  }

  async abort(): Promise<void> {
    return this.step('abort');
  }

  async parties(): Promise<number> {
    return this.step('parties');
  }

  async nWaiting(): Promise<number> {
    return this.step('nWaiting');
  }

  async broken(): Promise<boolean> {
    return this.step('broken');
  }
}

registerRemote(import.meta.url, RemoteBarrier);
