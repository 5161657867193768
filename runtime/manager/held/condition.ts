import type { Call } from '../session.ts';
import type { Held } from './held.ts';
import type { HeldLock } from './lock.ts';

/** A condition variable around a lock. */
export class HeldCondition implements Held {
  readonly #lock: HeldLock;
  /** Calls that wait to be notified, by how often their clients had taken the lock. */
  readonly #waiting = new Map<Call, number>();

  constructor(lock: HeldLock) {
    this.#lock = lock;
  }

  readonly methods = {
    acquire: (call: Call) => this.#lock.methods.acquire(call),
    hold: (call: Call) => this.#lock.methods.hold(call),
    release: (call: Call) => this.#lock.methods.release(call),
    wait: (call: Call) => {
      this.#waiting.set(call, this.#lock.releaseFully(call));
      call.waits((gone) => {
        if (gone) this.#waiting.delete(call);
        else this.#takeAgain(call, false);
      });
    },
    notify: (call: Call) => {
      this.#lock.checkHeld(call);
      this.#notify(call.value());
      call.done();
    },
  };

  #notify(n: number): void {
    let left = n;
    for (const call of this.#waiting.keys()) {
      if (left <= 0) return;
      if (call.session.isGone) continue;
      left--;
      this.#takeAgain(call, true);
    }
  }

  /** It was notified, or its time is over: it answers when its client has the lock again. */
  #takeAgain(call: Call, notified: boolean): void {
    const depth = this.#waiting.get(call) ?? 1;
    this.#waiting.delete(call);
    // From here on only the end of its client can keep it from that; another one is told in its place.
    call.waits((gone) => {
      if (!gone) return;
      this.#lock.forget(call);
      if (notified) this.#notify(1);
    });
    this.#lock.take(call, depth, () => call.give(notified));
  }
}
