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
/** Generation that was broken by a reset; -1 for none. */
const BROKEN = 2;
/** Pids of those who wait. */
const PIDS = 3;

const COUNT = 0xfff;
const BROKEN_BIT = 0x1000;
const NEXT_GENERATION = 0x2000;
const MAX_PARTIES = COUNT;

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
      this.#words = newWords(PIDS + parties);
      this.#words[PARTIES] = parties;
      this.#words[BROKEN] = -1;
    } else this.#words = parties;
    this.#options = options;
    this.#bells = familyBells();
  }

  /** Resolves to this party's number, 0 to parties - 1. Rejects with `BrokenBarrierError`, also after `timeout` ms. */
  async wait(timeout = this.#options.timeout): Promise<number> {
    const words = this.#words;
    let state: number;
    do {
      state = Atomics.load(words, STATE);
      if (isBroken(state) || (state & COUNT) === this.parties) throw broken('it is broken');
    } while (Atomics.compareExchange(words, STATE, state, state + 1) !== state);
    const number = state & COUNT;
    const generation = generationOf(state);
    Atomics.store(words, PIDS + number, process.pid);
    if (number === this.parties - 1) {
      await this.#complete(generation);
      return number;
    }
    // Those who wait watch each other from now on.
    this.#ring(this.#pids());
    const come = await this.#bells.until(() => this.#isOver(generation), timeout);
    if (!come) {
      this.abort();
      throw broken(`not all of the ${this.parties} parties came within ${timeout} ms`);
    }
    this.#checkWhole(generation);
    return number;
  }

  /** Makes it empty again; those who wait get `BrokenBarrierError`. */
  reset(): void {
    const words = this.#words;
    const state = this.#break();
    Atomics.store(words, BROKEN, generationOf(state));
    const pids = this.#takePids();
    Atomics.store(words, STATE, (generationOf(state) + 1) * NEXT_GENERATION);
    this.#ring(pids);
  }

  /** Breaks it; everyone gets `BrokenBarrierError` until `reset()`. */
  abort(): void {
    this.#break();
    this.#ring(this.#pids());
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

  /** All have come: the action runs, then everybody is let go. */
  async #complete(generation: number): Promise<void> {
    const words = this.#words;
    try {
      await this.#options.action?.();
    } catch (error) {
      this.abort();
      throw error;
    }
    const pids = this.#takePids();
    const state = Atomics.load(words, STATE);
    const next = (generation + 1) * NEXT_GENERATION;
    if (Atomics.load(words, BROKEN) === generationOf(next)) Atomics.store(words, BROKEN, -1);
    if (
      isBroken(state) ||
      generationOf(state) !== generation ||
      Atomics.compareExchange(words, STATE, state, next) !== state
    )
      throw broken('it was broken while the action ran');
    this.#ring(pids);
  }

  /** Sets the mark; returns the state with it. */
  #break(): number {
    for (;;) {
      const state = Atomics.load(this.#words, STATE);
      if (Atomics.compareExchange(this.#words, STATE, state, state | BROKEN_BIT) === state)
        return state | BROKEN_BIT;
    }
  }

  /** Looked at after every ring. */
  #isOver(generation: number): boolean {
    const state = Atomics.load(this.#words, STATE);
    if (isBroken(state) || generationOf(state) !== generation) return true;
    for (let party = 0; party < (state & COUNT); party++) {
      const pid = Atomics.load(this.#words, PIDS + party);
      if (pid === 0 || pid === process.pid) continue;
      if (this.#bells.hasEnded(pid)) {
        this.abort();
        return true;
      }
      this.#bells.watch(pid);
    }
    return false;
  }

  #checkWhole(generation: number): void {
    const state = Atomics.load(this.#words, STATE);
    if (generationOf(state) === generation || Atomics.load(this.#words, BROKEN) === generation)
      throw broken('it was broken or reset, or the process of a party has died');
  }

  #pids(): Set<number> {
    const pids = new Set<number>();
    for (let party = 0; party < this.parties; party++) pids.add(Atomics.load(this.#words, PIDS + party));
    pids.delete(0);
    return pids;
  }

  /** The same, and the next generation finds none. */
  #takePids(): Set<number> {
    const pids = this.#pids();
    for (let party = 0; party < this.parties; party++) Atomics.store(this.#words, PIDS + party, 0);
    return pids;
  }

  #ring(pids: Set<number>): void {
    for (const pid of pids) this.#bells.ring(pid);
  }
}

const broken = (why: string): BrokenBarrierError => new BrokenBarrierError(`Barrier.wait: ${why}`);

registerFrom<Barrier, BarrierParts>(import.meta.url, Barrier, {
  toPlain: ({ parts }) => parts,
  fromPlain: ({ words, options }) =>
    new (Barrier as new (words: Int32Array, options: BarrierOptions) => Barrier)(words, options),
});
