/** Locks that belong to shared values and arrays. */
import { ManycoreError } from '../errors.ts';
import { Lock, RLock } from '../sync/lock.ts';

/** Options of shared values and arrays. */
export interface SharedOptions {
  /** Default true: a lock of its own. A lock that is given is used instead; with false there is none. */
  lock?: boolean | Lock | undefined;
}

/** A shared value or array that has a lock. */
export interface HasLock {
  /** Its lock, to be held around read-modify-write. Throws `ManycoreError` when it was made with `lock: false`. */
  getLock(): RLock;
}

/** What the options ask for; null for none. `name` is of the function that got them. @throws {TypeError} for what is no lock. */
export function lockFor({ lock = true }: SharedOptions = {}, name: string): Lock | null {
  if (lock === true) return new RLock();
  if (lock === false) return null;
  if (lock instanceof Lock) return lock;
  const received = lock === null ? 'null' : typeof lock === 'object' ? 'another object' : `a ${typeof lock}`;
  throw new TypeError(`${name}: lock must be true, false, a Lock or an RLock, received ${received}`);
}

/** What `getLock()` returns. A `Lock` that was given can do all that an `RLock` can, but be taken again. */
export function presentLock(lock: Lock | null, name: string): RLock {
  if (lock !== null) return lock as RLock;
  throw new ManycoreError(
    `${name}.getLock: it was made with lock: false. Leave that out for a lock of its own, or give it one: { lock }.`,
  );
}
