/**
 * Who waits for something in shared memory. The words of a list, one behind the other:
 *
 *   0   sequence: sleeping threads sleep on it       1   threads that sleep (blocking forms)
 *   2   the next ticket                              3   processes that are listed
 *   4   pid | ticket | looks | rung, for each place
 *
 * A process that waits is listed once, whatever the number of its waiting calls; the one with the lowest ticket is woken first.
 * Everybody watches those in front, so the end of one that was just woken wakes the next.
 *
 * A process counts a look before it looks. Who has rung it notes the count that it saw before: while both are the same, the process
 * has been rung and is yet to look, and is not rung again. The note is made after the ring: who is killed in between notes nothing.
 */
import { AbortError } from '../errors.ts';
import { type Bells, familyBells } from './bells.ts';
import { futexWait, futexWake } from './native.ts';

const SEQUENCE = 0;
const SLEEPERS = 1;
const TICKET = 2;
const LISTED = 3;
const PLACES = 4;
const TICKETS = PLACES + 1;
const LOOKS = PLACES + 2;
const RUNG = PLACES + 3;
const PLACE_WORDS = 4;
/** Processes that can wait for one object at the same time; more find a place when one is free. */
const MAX_LISTED = 120;
export const WAIT_WORDS = PLACES + PLACE_WORDS * MAX_LISTED;

/** How long a blocked thread sleeps before it looks whether the process that it waits for has died, in ms. */
const SLICE = 50;
/** How long a call that finds something taken looks again before it sleeps, in ms. */
const SPIN = 0.03;
/** How long to wait for a place in the list, in ms. */
const NO_PLACE = 5;

export interface WaitLimits {
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is waited for. */
export interface Awaited {
  /** Takes it, if that is possible now. Called again and again. */
  tryTake(): boolean;
  /** Takes it from a process that has died; called where somebody may have. */
  tryRecover?(): boolean;
  /** The process in whose hands it is, 0 for none; undefined where nobody knows. */
  holder(): number | undefined;
  /**
   * True when there is more for others, asked when a process has taken some and leaves the list: until then every wake came to
   * it. Not needed where giving back wakes the next.
   */
  more?(): boolean;
  /** Called when it was looked for in vain after a wake. */
  missed?(): void;
  /** Called when nobody waits in this process any more, after it has left the list. */
  left?(): void;
}

/** What `wait` gives when it has not waited. */
export const atOnce: Promise<boolean> = Promise.resolve(true);

interface Waiter {
  readonly target: Awaited;
  readonly settle: (taken: boolean) => void;
}

export class WaitList {
  readonly #words: Int32Array;
  readonly #sequence: Int32Array;
  readonly #bells: Bells;
  readonly #waiters: Waiter[] = [];
  readonly #listener = () => this.#look(true);
  #place: number | undefined;
  #retry: NodeJS.Timeout | undefined;

  /** `words`: `WAIT_WORDS` of them. */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#sequence = words.subarray(SEQUENCE, SEQUENCE + 1);
    this.#bells = familyBells();
  }

  /** True once taken; false after the timeout. Rejects with `AbortError`. What `tryTake` throws at the call is thrown. */
  wait(target: Awaited, { timeout, signal }: WaitLimits = {}): Promise<boolean> {
    if (signal?.aborted === true)
      return Promise.reject(new AbortError('waiting was aborted', { cause: signal.reason }));
    if (this.#waiters.length === 0 && (target.tryTake() || spin(target))) return atOnce;
    if (timeout !== undefined && timeout <= 0) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const timer =
        timeout === undefined ? undefined : setTimeout(() => leave(() => resolve(false)), timeout);
      const abort = () =>
        leave(() => reject(new AbortError('waiting was aborted', { cause: signal?.reason })));
      const waiter: Waiter = {
        target,
        settle: (taken) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          this.#bells.endWait();
          resolve(taken);
        },
      };
      const leave = (then: () => void) => {
        const at = this.#waiters.indexOf(waiter);
        if (at === -1) return;
        this.#waiters.splice(at, 1);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#bells.endWait();
        this.#rest();
        if (this.#waiters.length === 0) target.left?.();
        // It may have been woken for what it leaves to others.
        this.wake();
        then();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#bells.beginWait();
      this.#bells.listen(this.#listener);
      this.#waiters.push(waiter);
      this.#look(false);
    });
  }

  /** The same, blocking the thread. */
  waitSync(target: Awaited, timeout = Number.POSITIVE_INFINITY): boolean {
    if (target.tryTake() || spin(target)) return true;
    const end = performance.now() + timeout;
    Atomics.add(this.#words, SLEEPERS, 1);
    try {
      for (;;) {
        const sequence = Atomics.load(this.#words, SEQUENCE);
        if (target.tryTake()) return true;
        const left = end - performance.now();
        if (left <= 0) return false;
        futexWait(this.#sequence, sequence, Math.min(SLICE, left));
        if (target.tryRecover?.() === true) return true;
      }
    } finally {
      Atomics.sub(this.#words, SLEEPERS, 1);
    }
  }

  /** Something may be taken: the process in front, and one blocked thread, look for it. */
  wake(): void {
    this.#wakeThreads(1);
    if (Atomics.load(this.#words, LISTED) === 0) return;
    for (;;) {
      const place = this.#front();
      if (place === undefined) return;
      const looks = this.#at(LOOKS, place);
      if (this.#at(RUNG, place) === looks) return;
      // Read behind the count: whoever has the place now counts on from there.
      const pid = this.#at(PLACES, place);
      if (pid !== 0 && this.#bells.ring(pid)) {
        Atomics.store(this.#words, RUNG + PLACE_WORDS * place, looks);
        return;
      }
      this.#clear(place, pid);
    }
  }

  /** Everybody looks. */
  wakeAll(): void {
    this.#wakeThreads(0x7fffffff);
    if (Atomics.load(this.#words, LISTED) === 0) return;
    for (let place = 0; place < MAX_LISTED; place++) {
      const pid = this.#at(PLACES, place);
      if (pid !== 0 && !this.#bells.ring(pid)) this.#clear(place, pid);
    }
  }

  /** Wakes a process; false when it has ended. Blocked threads of it wake too. */
  wakeProcess(pid: number): boolean {
    this.#wakeThreads(0x7fffffff);
    return this.#bells.ring(pid);
  }

  /** Processes that wait. */
  listed(): number[] {
    const pids: number[] = [];
    for (let place = 0; place < MAX_LISTED; place++)
      if (this.#at(PLACES, place) !== 0) pids.push(this.#at(PLACES, place));
    return pids;
  }

  #wakeThreads(count: number): void {
    if (Atomics.load(this.#words, SLEEPERS) <= 0) return;
    Atomics.add(this.#words, SEQUENCE, 1);
    futexWake(this.#sequence, count);
  }

  /** Gives those who wait here what can be taken. `woken`: because somebody rang. */
  #look(woken: boolean): void {
    if (this.#place !== undefined) this.#countLook(this.#place);
    const taken = this.#take();
    if (this.#waiters.length > 0) {
      if (this.#stay(woken)) this.#look(false);
      return;
    }
    this.#rest();
    if (taken?.more?.() === true) this.wake();
  }

  /** What was taken last, if anything was. */
  #take(): Awaited | undefined {
    // Those who came first are first: nobody passes one who waits still.
    let taken: Awaited | undefined;
    for (;;) {
      const waiter = this.#waiters[0];
      if (waiter === undefined) return taken;
      const { target } = waiter;
      if (!target.tryTake() && !(this.#place !== undefined && target.tryRecover?.() === true)) return taken;
      taken = target;
      this.#waiters.shift();
      waiter.settle(true);
    }
  }

  /** Somebody still waits here: the process is listed, and watches whom it depends on. True when it has to look once more. */
  #stay(woken: boolean): boolean {
    if (this.#place === undefined) {
      this.#place = this.#enlist();
      // What was given back before this process was listed woke nobody here; what is given from now on may have woken it.
      if (this.#place !== undefined) return true;
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#look(false);
      }, NO_PLACE);
      return false;
    }
    const { target } = this.#waiters[0] as Waiter;
    if (woken) target.missed?.();
    const isFree = this.#watchHolder(target);
    // One that has died may have been woken last.
    return this.#watchThoseBefore(this.#place) || isFree;
  }

  /** True when it is in nobody's hands. */
  #watchHolder(target: Awaited): boolean {
    for (;;) {
      const holder = target.holder();
      if (holder === undefined || holder === 0) return holder === 0;
      this.#bells.watch(holder);
      // One that gave it back before it was watched, and was killed before it rang, would be missed.
      if (target.holder() === holder) return false;
    }
  }

  /** The dead leave the list. True when there was one. */
  #watchThoseBefore(own: number): boolean {
    const ticket = this.#at(TICKETS, own);
    let dead = false;
    for (let place = 0; place < MAX_LISTED; place++) {
      const pid = this.#at(PLACES, place);
      if (pid === 0 || !isBefore(this.#at(TICKETS, place), ticket) || this.#bells.watch(pid)) continue;
      this.#clear(place, pid);
      dead = true;
    }
    return dead;
  }

  /** Nobody waits here any more. */
  #rest(): void {
    if (this.#waiters.length > 0) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#bells.ignore(this.#listener);
    if (this.#place === undefined) return;
    this.#clear(this.#place, process.pid);
    this.#place = undefined;
  }

  #enlist(): number | undefined {
    // Counted before it is listed: a process that ends in between costs a look, and is not overlooked.
    Atomics.add(this.#words, LISTED, 1);
    for (let place = 0; place < MAX_LISTED; place++)
      if (Atomics.compareExchange(this.#words, PLACES + PLACE_WORDS * place, 0, process.pid) === 0) {
        Atomics.store(this.#words, TICKETS + PLACE_WORDS * place, Atomics.add(this.#words, TICKET, 1));
        this.#countLook(place);
        return place;
      }
    Atomics.sub(this.#words, LISTED, 1);
    return undefined;
  }

  #clear(place: number, pid: number): void {
    if (pid !== 0 && Atomics.compareExchange(this.#words, PLACES + PLACE_WORDS * place, pid, 0) === pid)
      Atomics.sub(this.#words, LISTED, 1);
  }

  #front(): number | undefined {
    let front: number | undefined;
    for (let place = 0; place < MAX_LISTED; place++) {
      if (this.#at(PLACES, place) === 0) continue;
      if (front === undefined || isBefore(this.#at(TICKETS, place), this.#at(TICKETS, front))) front = place;
      // Processes are counted before they are listed: it is the only one.
      if (Atomics.load(this.#words, LISTED) === 1) return front;
    }
    return front;
  }

  #countLook(place: number): void {
    Atomics.add(this.#words, LOOKS + PLACE_WORDS * place, 1);
  }

  #at(first: number, place: number): number {
    return Atomics.load(this.#words, first + PLACE_WORDS * place);
  }
}

/** Tickets go round. */
const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;

function spin(target: Awaited): boolean {
  // Nobody gives back while this thread looks, if it is in this process.
  if (target.holder() === process.pid) return false;
  for (const end = performance.now() + SPIN; performance.now() < end; ) if (target.tryTake()) return true;
  return false;
}
