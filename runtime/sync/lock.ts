import { LockAbandonedError, ManycoreError, TimeoutError } from '../errors.ts';
import { registerFrom } from '../values/classes.ts';
import { familyBells, ownStart, startOf } from './bells.ts';
import { type Awaited, atOnce, WAIT_WORDS, type WaitLimits, WaitList } from './wait-list.ts';
import { newWords } from './words.ts';

/** Last argument of `hold` and `with`. */
export interface HoldOptions extends WaitLimits {
  /** True takes a lock whose holder died without reporting `LockAbandonedError`. Default false. */
  recover?: boolean | undefined;
}

/** What `hold` resolves to: disposing it releases, once. */
export interface LockHold extends AsyncDisposable, Disposable {}

/** What every kind of lock can do. */
export interface Lockable {
  /** Takes it. False after `timeout` ms; rejects with `AbortError` on abort. Pair it with `release()` in `finally`. */
  acquire(options?: WaitLimits): Promise<boolean>;
  /** Gives it back. Throws `ManycoreError` when it is not held. */
  release(): void;
  /** `await using held = await lock.hold()`. Rejects with `TimeoutError`, `AbortError`, `LockAbandonedError`. */
  hold(options?: HoldOptions): Promise<LockHold>;
  /** Runs `body` holding it and releases it however `body` ends. Rejects as `hold` does and with what `body` threw. */
  with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R>;
}

/** A lock that also has blocking forms, for short sections without `await`: they block the event loop. */
export interface SyncLockable extends Lockable {
  /** Takes it, blocking the thread for at most `timeout` ms. False when the time ran out. */
  acquireSync(timeout?: number): boolean;
  /** Runs `body` holding it, blocking the thread. Released when `body` returns, so `body` must not be asynchronous. */
  withSync<R>(body: () => R): R;
}

/** Words of a lock; those of its list of waiting processes are behind them. */
const HOLDER = 0;
const START = 1;
const DEPTH = 2;
/** Pid of a holder that died and was not told of yet. */
const ABANDONED = 3;
/** Pid of a process that has waited long: it gets the lock next. */
const NEXT = 4;
/** How often a holder died. */
const DEATHS = 5;
const LIST = 8;

/** The lock was given to a process that does not know yet. */
const GIVEN = 0x4000_0000;
const PID = GIVEN - 1;
/** Looks in vain after which a process asks to be next. */
const PATIENCE = 3;

/** A mutual exclusion lock between processes. One whose holder died is released by the runtime. */
export class Lock implements SyncLockable {
  /** @internal */
  readonly words: Int32Array;
  readonly #list: WaitList;
  readonly #awaited: Awaited;
  /** `process.pid` takes as long as taking the lock does. */
  readonly #pid = process.pid;
  #misses = 0;

  constructor();
  /** @internal */
  constructor(words: Int32Array);
  constructor(words = newWords(LIST + WAIT_WORDS)) {
    this.words = words;
    this.#list = new WaitList(words.subarray(LIST));
    this.#awaited = {
      tryTake: () => this.tryTake(),
      tryRecover: () => this.#tryRecover(),
      holder: () => this.holder,
      left: () => this.#decline(),
      missed: () => {
        if (++this.#misses >= PATIENCE) Atomics.compareExchange(this.words, NEXT, 0, this.#pid);
      },
    };
  }

  /** Takes the lock. False after `timeout` ms; rejects with `AbortError` on abort. Pair it with `release()` in `finally`. */
  acquire(options: WaitLimits = {}): Promise<boolean> {
    return this.tryTake() ? atOnce : this.#list.wait(this.#awaited, options);
  }

  /** Gives the lock back. Throws `ManycoreError` when it is not held. */
  release(): void {
    const { words } = this;
    if (Atomics.load(words, HOLDER) !== this.#pid)
      throw new ManycoreError(`${this.constructor.name}.release: this process does not hold it`);
    const depth = (words[DEPTH] ?? 0) - 1;
    words[DEPTH] = depth;
    if (depth > 0) return;
    // Not atomic, like `DEPTH`: the store of the holder that follows makes all of it seen before.
    words[START] = 0;
    // Looked at first: changing it takes the line of the cache away from those who wait, each time.
    const next = Atomics.load(words, NEXT) === 0 ? 0 : Atomics.exchange(words, NEXT, 0);
    if (next !== 0) {
      Atomics.store(words, HOLDER, next | GIVEN);
      // One that gives up waiting leaves the list before it declines.
      if (this.#list.listed().includes(next) && this.#list.wakeProcess(next)) return;
      Atomics.compareExchange(words, HOLDER, next | GIVEN, 0);
    } else Atomics.store(words, HOLDER, 0);
    this.#list.wake();
  }

  /** `await using held = await lock.hold()`. Rejects with `TimeoutError`, `AbortError`, `LockAbandonedError`. */
  async hold(options: HoldOptions = {}): Promise<LockHold> {
    if (!(await this.acquire(options))) throw outOfTime(this, options);
    this.#tellAbandoned(options.recover === true);
    return holdOf(this);
  }

  /** Runs `body` holding the lock and releases it however `body` ends. Rejects as `hold` does and with what `body` threw. */
  async with<R>(body: () => R | PromiseLike<R>, options?: HoldOptions): Promise<R> {
    using _hold = await this.hold(options);
    return await body();
  }

  /** Takes the lock, blocking the thread for at most `timeout` ms. False when the time ran out. */
  acquireSync(timeout?: number): boolean {
    if (this.tryTake()) return true;
    // Nothing of this process can give it back while its thread is blocked.
    if (this.isMine && timeout === undefined)
      throw new ManycoreError(
        `${this.constructor.name}.acquireSync: this process holds it itself and would wait forever`,
      );
    return this.#list.waitSync(this.#awaited, timeout);
  }

  /** Runs `body` holding the lock, blocking the thread. Released when `body` returns, so `body` must not be asynchronous. */
  withSync<R>(body: () => R): R {
    this.acquireSync();
    this.#tellAbandoned(false);
    try {
      return body();
    } finally {
      this.release();
    }
  }

  /** True while some process holds it. */
  get locked(): boolean {
    return Atomics.load(this.words, HOLDER) !== 0;
  }

  /** True, once, when the holder before died. @internal */
  wasAbandoned(): boolean {
    return Atomics.load(this.words, ABANDONED) !== 0 && Atomics.exchange(this.words, ABANDONED, 0) !== 0;
  }

  /** True while this process holds it. @internal */
  get isMine(): boolean {
    return Atomics.load(this.words, HOLDER) === this.#pid;
  }

  /** How often a holder of it died. @internal */
  get deaths(): number {
    return Atomics.load(this.words, DEATHS);
  }

  /** The process that holds it, or is to have it next; 0 for none. @internal */
  get holder(): number {
    return Atomics.load(this.words, HOLDER) & PID;
  }

  /** Gives it back however often it was taken; returns how often. @internal */
  releaseFully(): number {
    const depth = this.words[DEPTH] ?? 1;
    this.words[DEPTH] = 1;
    this.release();
    return depth;
  }

  /** Takes it as often as `releaseFully` returned. @internal */
  async acquireFully(depth: number): Promise<void> {
    await this.#list.wait(this.#awaited);
    // Another call of this process may hold it, too.
    this.words[DEPTH] = (this.words[DEPTH] ?? 0) + depth - 1;
  }

  protected tryTake(): boolean {
    const { words } = this;
    // Looked at first: who tries to change it again and again takes the line of the cache away from the holder.
    const holder = Atomics.load(words, HOLDER);
    if (holder !== 0 && holder !== (this.#pid | GIVEN)) return false;
    if (Atomics.compareExchange(words, HOLDER, holder, this.#pid) !== holder) return false;
    this.#taken();
    return true;
  }

  /** One more hold of a process that has it. */
  protected takeAgain(): boolean {
    const { words } = this;
    if (Atomics.load(words, HOLDER) !== this.#pid) return false;
    words[DEPTH] = (words[DEPTH] ?? 0) + 1;
    return true;
  }

  /** Nobody waits in this process any more. */
  #decline(): void {
    Atomics.compareExchange(this.words, NEXT, this.#pid, 0);
    Atomics.compareExchange(this.words, HOLDER, this.#pid | GIVEN, 0);
  }

  #taken(): void {
    this.#misses = 0;
    this.words[DEPTH] = 1;
    this.words[START] = ownStart();
    if (Atomics.load(this.words, NEXT) === this.#pid) Atomics.compareExchange(this.words, NEXT, this.#pid, 0);
  }

  #tryRecover(): boolean {
    const { words } = this;
    const holder = Atomics.load(words, HOLDER);
    const start = Atomics.load(words, START);
    const pid = holder & PID;
    if (pid === 0 || pid === this.#pid) return false;
    // Another process may have got the number. A start that is not written yet tells nothing.
    if (!familyBells().hasEnded(pid) && (start === 0 || start === startOf(pid))) {
      // Who gave it may have been killed before the ring.
      if ((holder & GIVEN) !== 0) familyBells().ring(pid);
      return false;
    }
    if (Atomics.load(words, HOLDER) !== holder) return false;
    Atomics.store(words, START, 0);
    if (Atomics.compareExchange(words, HOLDER, holder, this.#pid) !== holder) return false;
    if ((holder & GIVEN) === 0) {
      Atomics.store(words, ABANDONED, pid);
      Atomics.add(words, DEATHS, 1);
    }
    this.#taken();
    return true;
  }

  /** What the dead holder was changing may be half done: who holds the lock next is told, once. */
  #tellAbandoned(recover: boolean): void {
    const pid = Atomics.exchange(this.words, ABANDONED, 0);
    if (pid === 0 || recover) return;
    this.release();
    throw new LockAbandonedError(
      `the process ${pid} died while it held this ${this.constructor.name}: what it was changing may be half done. ` +
        'The lock is free again; take it with { recover: true } to go on without this error.',
      pid,
    );
  }
}

/**
 * A lock that its holder may take again; it must be released as often. The holder is a process: what runs in one process at the
 * same time is not kept apart.
 */
export class RLock extends Lock {
  protected override tryTake(): boolean {
    return this.takeAgain() || super.tryTake();
  }
}

/** Releases once. */
export function holdOf(lock: { release(): void }): LockHold {
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    lock.release();
  };
  return {
    [Symbol.dispose]: release,
    [Symbol.asyncDispose]: async () => release(),
  };
}

export const outOfTime = (object: object, { timeout }: WaitLimits): TimeoutError =>
  new TimeoutError(`${object.constructor.name} was not free within ${timeout} ms`);

for (const Class of [Lock, RLock])
  registerFrom<Lock, Int32Array>(import.meta.url, Class, {
    toPlain: ({ words }) => words,
    fromPlain: (words) => new (Class as new (words: Int32Array) => Lock)(words),
  });
