import { LockAbandonedError, ManycoreError } from '../../errors.ts';
import type { Call, Holding, Session } from '../session.ts';
import type { Held } from './held.ts';

interface Taker {
  readonly call: Call;
  readonly depth: number;
  /** Called when its client holds the lock. */
  readonly taken: () => void;
}

/** A lock. Its holder is a client; who comes first is first. */
export class HeldLock implements Held, Holding {
  /** What messages call it. */
  readonly name: string;
  readonly #reentrant: boolean;
  readonly #takers: Taker[] = [];
  #holder: Session | undefined;
  #depth = 0;
  /** Process of a holder that died and was not told of yet; 0 for none. */
  #abandoned = 0;

  constructor(name: 'Lock' | 'RLock') {
    this.name = name;
    this.#reentrant = name === 'RLock';
  }

  readonly methods = {
    acquire: (call: Call) => this.#acquire(call, () => call.give(true)),
    hold: (call: Call) => {
      const recover = call.value<boolean>();
      this.#acquire(call, () => this.#tellAbandoned(call, recover));
    },
    release: (call: Call) => {
      this.checkHeld(call);
      if (--this.#depth === 0) this.#free(call.session);
      call.done();
    },
  };

  /** Takes it for the client of a call, now or later. */
  take(call: Call, depth: number, taken: () => void): void {
    const taker = { call, depth, taken };
    const isFree = this.#holder === undefined || (this.#reentrant && this.#holder === call.session);
    if (isFree) this.#give(taker);
    else this.#takers.push(taker);
  }

  /** A call that was to take it later does not. */
  forget(call: Call): void {
    const at = this.#takers.findIndex((taker) => taker.call === call);
    if (at >= 0) this.#takers.splice(at, 1);
  }

  /** Gives it back however often it was taken; returns how often. */
  releaseFully(call: Call): number {
    this.checkHeld(call);
    const depth = this.#depth;
    this.#free(call.session);
    return depth;
  }

  /** @throws {ManycoreError} when the client of the call does not hold it. */
  checkHeld({ session, method }: Call): void {
    if (this.#holder !== session)
      throw new ManycoreError(`${this.name}.${method}: this process does not hold it`);
  }

  abandon(by: Session): void {
    if (this.#holder !== by) return;
    this.#abandoned = by.pid;
    this.#free(by);
  }

  #acquire(call: Call, taken: () => void): void {
    this.take(call, 1, taken);
    call.waits(() => {
      this.forget(call);
      call.giveUp();
    });
  }

  #give({ call, depth, taken }: Taker): void {
    this.#holder = call.session;
    this.#depth += depth;
    call.session.held.add(this);
    taken();
  }

  #free(holder: Session): void {
    holder.held.delete(this);
    this.#holder = undefined;
    this.#depth = 0;
    const next = this.#takers.shift();
    if (next !== undefined) this.#give(next);
  }

  /** What the dead holder was changing may be half done: who holds the lock next is told, once, and does not get it. */
  #tellAbandoned(call: Call, recover: boolean): void {
    const pid = this.#abandoned;
    this.#abandoned = 0;
    if (pid === 0 || recover) {
      call.give(true);
      return;
    }
    if (--this.#depth === 0) this.#free(call.session);
    call.fail(
      new LockAbandonedError(
        `the process ${pid} died while it held this ${this.name}: what it was changing may be half done. ` +
          'The lock is free again; take it with { recover: true } to go on without this error.',
        pid,
      ),
    );
  }
}
