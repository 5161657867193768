import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { bellKey } from './keys.ts';

/** Time in s after which everybody is asked to look in any case: what rang is lost with a connection that is. */
const PATIENCE = 10;
/** Time in ms before the server is asked again that refused. */
const PAUSE = 1000;
/** Life in s of what only ends a wait. */
const BRIEF = 10;

/** Gets what came into the set; null when nothing did for some seconds. Nothing is heard before it has ended. */
type OnRing = (member: string | null) => unknown;

/**
 * Waits for whatever comes into some sorted sets, and takes it out: by one connection, however many sets there are, since the server
 * pays for each connection.
 */
export class Ear implements Disposable {
  readonly #waiting: Redis;
  readonly #asking: Redis;
  /** Rings for this one only, so that it waits for other sets from then on. */
  readonly #own = bellKey(randomUUID());
  readonly #heard = new Map<string, OnRing>();
  #isOpen = true;
  /** Ends with the wait that is under way. */
  #wait = Promise.resolve();
  #isWaiting = false;
  #first = 0;

  /** `waiting` is used for nothing else, and belongs to this one. */
  constructor(waiting: Redis, asking: Redis) {
    this.#waiting = waiting;
    this.#asking = asking;
    void this.#listen();
  }

  hear(key: string, onRing: OnRing): void {
    if (this.#heard.has(key)) return;
    this.#heard.set(key, onRing);
    this.#endWait();
  }

  /** Resolves once nothing is taken out of the set any more; not to be waited for in `onRing`. */
  async ignore(key: string): Promise<void> {
    if (!this.#heard.delete(key)) return;
    this.#endWait();
    await this.#wait;
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#waiting.disconnect();
  }

  #endWait(): void {
    if (!this.#isWaiting || !this.#isOpen) return;
    this.#asking
      .pipeline()
      .zadd(this.#own, 0, '')
      .expire(this.#own, BRIEF)
      .exec()
      // It ends by itself.
      .catch(() => {});
  }

  async #listen(): Promise<void> {
    while (this.#isOpen) {
      this.#wait = this.#listenOnce().catch(async () => {
        if (this.#isOpen) await sleep(PAUSE);
      });
      await this.#wait;
    }
  }

  async #listenOnce(): Promise<void> {
    const keys = [...this.#heard.keys()];
    // One that rings all the time does not drown the others.
    const turned = this.#first++ % Math.max(1, keys.length);
    this.#isWaiting = true;
    const rung = await this.#waiting
      .bzpopmin(this.#own, ...keys.slice(turned), ...keys.slice(0, turned), PATIENCE)
      .finally(() => {
        this.#isWaiting = false;
      });
    if (rung === null) await Promise.all([...this.#heard.values()].map((onRing) => onRing(null)));
    else await this.#heard.get(rung[0])?.(rung[1]);
  }
}
