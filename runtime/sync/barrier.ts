import { BrokenBarrierError } from '../errors.ts';
import { registerFrom } from '../values/classes.ts';
import { type Bells, familyBells } from './bells.ts';
import { newWords } from './words.ts';

/** Options of `Barrier`. */
export interface BarrierOptions {
  /** Run by one of the parties when all have come, before they are let go. */
  action?: (() => unknown) | undefined;
  /** Default limit of `wait` in ms. Default: none. */
  timeout?: number | undefined;
}

/** One word says all: generation (19 bits), whether it is broken, and how many of its parties have come (12 bits). */
const STATE = 0;
const PARTIES = 1;
/** A bit for each of the last 32 generations: 1 when a reset ended it. */
const RESETS = 2;
/** Who has come: the end of the generation (10 bits), and the pid (22 bits). Those of earlier generations stay. */
const COMERS = 3;

const COUNT = 0xfff;
const BROKEN_BIT = 0x1000;
const NEXT_GENERATION = 0x2000;
const MAX_PARTIES = COUNT;
const PID_BITS = 22;
const PID = (1 << PID_BITS) - 1;
/** How often a party that came too early for its generation looks whether the one before has gone, in ms. */
const EARLY = 5;

const comerOf = (generation: number, pid: number): number => (generation << PID_BITS) | pid;
const resetBit = (generation: number): number => 1 << (generation & 31);
const generationOf = (state: number): number => state >>> 13;
const isBroken = (state: number): boolean => (state & BROKEN_BIT) !== 0;

interface BarrierParts {
  readonly words: Int32Array;
  readonly options: BarrierOptions;
}

/** A place where a fixed number of parties wait for each other. The death of one that waits breaks it. */
export class Barrier {
  readonly #words: Int32Array;
  readonly #options: BarrierOptions;
  readonly #bells: Bells;

  /** Throws RangeError for `parties` below 1. */
  constructor(parties: number, options?: BarrierOptions);
  /** @internal */
  constructor(words: Int32Array, options?: BarrierOptions);
  constructor(parties: number | Int32Array, options: BarrierOptions = {}) {
    if (typeof parties === 'number') {
      if (!Number.isInteger(parties) || parties < 1 || parties > MAX_PARTIES)
        throw new RangeError(
          `Barrier: parties must be an integer from 1 to ${MAX_PARTIES}, received ${parties}`,
        );
      this.#words = newWords(COMERS + parties);
      this.#words[PARTIES] = parties;
    } else this.#words = parties;
    this.#options = options;
    this.#bells = familyBells();
  }

  /** Resolves to this party's number, 0 to parties - 1. Rejects with `BrokenBarrierError`, also after `timeout` ms. */
  async wait(timeout = this.#options.timeout): Promise<number> {
    const end = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
    const state = await this.#come(end);
    const number = state & COUNT;
    const generation = generationOf(state);
    if (number === this.parties - 1) {
      await this.#complete(generation);
      return number;
    }
    // Those who wait watch each other from now on.
    this.#ring(generation);
    const left = timeout === undefined ? undefined : Math.max(0, end - performance.now());
    const isOver = await this.#bells.until(() => this.#isOver(generation), left);
    if (!isOver && this.#break(generation)) throw late(this.parties, timeout);
    this.#checkWhole(generation);
    return number;
  }

  /** Makes it empty again; those who wait get `BrokenBarrierError`. */
  reset(): void {
    const words = this.#words;
    const { broken: isBroken, nWaiting } = this;
    if (!isBroken && nWaiting === 0) return;
    const generation = this.#breakNow();
    Atomics.or(words, RESETS, resetBit(generation));
    // Nobody comes while it is broken.
    const state = Atomics.load(words, STATE);
    if (generationOf(state) === generation) this.#next(state);
  }

  /** Breaks it; everyone gets `BrokenBarrierError` until `reset()`. */
  abort(): void {
    this.#breakNow();
  }

  /** Number of parties. */
  get parties(): number {
    return this.#words[PARTIES] as number;
  }

  /** Number of parties that wait now. */
  get nWaiting(): number {
    const state = Atomics.load(this.#words, STATE);
    return isBroken(state) ? 0 : state & COUNT;
  }

  /** True while it is broken. */
  get broken(): boolean {
    return isBroken(Atomics.load(this.#words, STATE));
  }

  /** @internal */
  get parts(): BarrierParts {
    return { words: this.#words, options: this.#options };
  }

  /** One more has come: the state before it came. Waits until all of an earlier generation have gone. */
  async #come(end: number): Promise<number> {
    const words = this.#words;
    for (;;) {
      const state = Atomics.load(words, STATE);
      if (isBroken(state)) throw broken('it is broken');
      if ((state & COUNT) < this.parties) {
        if (Atomics.compareExchange(words, STATE, state, state + 1) !== state) continue;
        this.#sign(generationOf(state), COMERS + (state & COUNT));
        return state;
      }
      this.#isOver(generationOf(state));
      if (performance.now() >= end) throw broken('the parties before did not go in time');
      await new Promise((resolve) => setTimeout(resolve, EARLY));
    }
  }

  /** Says who has come. One that was slow to do so must not sign for another that came a generation later. */
  #sign(generation: number, at: number): void {
    for (;;) {
      const before = Atomics.load(this.#words, at);
      if (generationOf(Atomics.load(this.#words, STATE)) !== generation) return;
      if (Atomics.compareExchange(this.#words, at, before, comerOf(generation, process.pid)) === before)
        return;
    }
  }

  /** All have come: the action runs, then everybody is let go. */
  async #complete(generation: number): Promise<void> {
    try {
      await this.#options.action?.();
    } catch (error) {
      this.#break(generation);
      throw error;
    }
    if (!this.#next((generation * NEXT_GENERATION) | this.parties))
      throw broken('it was broken while the action ran');
  }

  /** If this is the state, its generation is over, and those who have come are let go. */
  #next(state: number): boolean {
    const words = this.#words;
    const generation = generationOf(state);
    if (Atomics.load(words, STATE) !== state) return false;
    Atomics.and(words, RESETS, ~resetBit(generation + 1));
    const next = ((generation + 1) * NEXT_GENERATION) | 0;
    if (Atomics.compareExchange(words, STATE, state, next) !== state) return false;
    this.#ring(generation);
    return true;
  }

  /** Breaks the generation of now; returns which it is. */
  #breakNow(): number {
    for (;;) {
      const generation = generationOf(Atomics.load(this.#words, STATE));
      if (this.#break(generation)) return generation;
    }
  }

  /** Breaks the generation, and tells those who have come. False when it is over. */
  #break(generation: number): boolean {
    for (;;) {
      const state = Atomics.load(this.#words, STATE);
      if (generationOf(state) !== generation) return false;
      if (Atomics.compareExchange(this.#words, STATE, state, state | BROKEN_BIT) !== state) continue;
      this.#ring(generation);
      return true;
    }
  }

  /** Looked at after every ring. */
  #isOver(generation: number): boolean {
    const state = Atomics.load(this.#words, STATE);
    if (isBroken(state) || generationOf(state) !== generation) return true;
    for (const pid of this.#comers(generation))
      if (!this.#bells.watch(pid)) {
        this.#break(generation);
        return true;
      }
    return false;
  }

  #checkWhole(generation: number): void {
    const isThere = generationOf(Atomics.load(this.#words, STATE)) === generation;
    if (isThere || (Atomics.load(this.#words, RESETS) & resetBit(generation)) !== 0)
      throw broken('it was broken or reset, or the process of a party has died');
  }

  /** Processes that have come, as far as they have signed. */
  #comers(generation: number): Set<number> {
    const pids = new Set<number>();
    for (let party = 0; party < this.parties; party++) {
      const comer = Atomics.load(this.#words, COMERS + party);
      const pid = comer & PID;
      if (pid !== 0 && comer === comerOf(generation, pid)) pids.add(pid);
    }
    return pids;
  }

  /** Wakes those of the generation. */
  #ring(generation: number): void {
    for (const pid of this.#comers(generation)) this.#bells.ring(pid);
  }
}

const late = (parties: number, timeout: number | undefined): BrokenBarrierError =>
  broken(`not all of the ${parties} parties came within ${timeout} ms`);

const broken = (why: string): BrokenBarrierError => new BrokenBarrierError(`Barrier.wait: ${why}`);

registerFrom<Barrier, BarrierParts>(import.meta.url, Barrier, {
  toPlain: ({ parts }) => parts,
  fromPlain: ({ words, options }) =>
    new (Barrier as new (words: Int32Array, options: BarrierOptions) => Barrier)(words, options),
});
