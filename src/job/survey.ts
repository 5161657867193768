import { randomNumbers } from './random.ts';
import { itemsOf, type Records } from './records.ts';
import { valueText } from './value-text.ts';

/** A look at the items before the run. */
export interface Survey {
  /** Items drawn at random from those that were seen, in random order. */
  readonly sample: readonly SampledItem[];
  /** Items that were seen. */
  readonly seen: number;
  /** Whether these were all. */
  readonly complete: boolean;
  /** All items, from the first: to be read once. */
  readonly items: Records;
}

export interface SampledItem {
  readonly index: number;
  readonly item: unknown;
}

/** Most items of a sample. */
const SAMPLE = 2000;
/** Most characters of a sample or of a window, as JSON text: what of a dataset sits in memory. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Items of a window. */
const WINDOW = 4096;
/** Time in ms for looking. */
const LOOK = 800;

/**
 * Goes through the records once before the run, as far as `LOOK` ms reach: draws the sample, finds how many there are,
 * and fails on a bad record before anything ran. They are read again for the run, unless the sample has them all.
 */
export async function survey(read: () => Records, seed: number): Promise<Survey> {
  const reservoir = new Reservoir(seed);
  const deadline = performance.now() + LOOK;
  let complete = true;
  for await (const records of itemsOf(read(), 64)) {
    for (const record of records) reservoir.add(record);
    if (performance.now() < deadline) continue;
    complete = false;
    break;
  }
  const items = (complete ? reservoir.all() : undefined) ?? read();
  return { sample: reservoir.shuffled(), seen: reservoir.seen, complete, items };
}

/**
 * The same for records that can be read once only, such as standard input: keeps a window of the first ones and gives
 * them again in front of the others. Waits for a first record, then at most `LOOK` ms for others.
 */
export async function surveyOnce(records: Records, seed: number): Promise<Survey> {
  const reservoir = new Reservoir(seed);
  const iterator = iteratorOf(records);
  const window: unknown[] = [];
  let characters = 0;
  let next = Promise.resolve(iterator.next());
  let patience: Promise<null> | undefined;
  while (window.length < WINDOW && characters < MAX_CHARACTERS) {
    const result = await (patience ? Promise.race([next, patience]) : next);
    patience ??= new Promise((resolve) => setTimeout(resolve, LOOK, null).unref());
    if (result === null) break;
    if (result.done) {
      return { sample: reservoir.shuffled(), seen: window.length, complete: true, items: window };
    }
    window.push(result.value);
    characters += reservoir.add(result.value);
    next = Promise.resolve(iterator.next());
  }
  // The read-ahead may fail long before it is asked for; the run meets the failure at its place.
  next.catch(() => undefined);
  const sample = reservoir.shuffled();
  return { sample, seen: window.length, complete: false, items: rest(window, next, iterator) };
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

function iteratorOf(records: Records): AnyIterator {
  return Symbol.iterator in records ? records[Symbol.iterator]() : records[Symbol.asyncIterator]();
}

async function* rest(
  window: unknown[],
  next: Promise<IteratorResult<unknown>>,
  iterator: AnyIterator,
): AsyncGenerator<unknown> {
  try {
    yield* window;
    window.length = 0;
    for (let result = await next; !result.done; result = await iterator.next()) yield result.value;
  } finally {
    await iterator.return?.();
  }
}

/** A uniform random sample of a stream of unknown length (algorithm R), bounded in number and size. */
class Reservoir {
  seen = 0;
  readonly #random: () => number;
  readonly #kept: { index: number; item: unknown; size: number }[] = [];
  #capacity = SAMPLE;
  #characters = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  /** Gives the item's size in characters, 0 when it was not looked at. */
  add(item: unknown): number {
    const index = this.seen++;
    if (this.#kept.length < this.#capacity) return this.#keep(this.#kept.length, index, item);
    const place = Math.floor(this.#random() * this.seen);
    return place < this.#capacity ? this.#keep(place, index, item) : 0;
  }

  /** Every item that was seen, in order; undefined when some were not kept. To be called before `shuffled`. */
  all(): unknown[] | undefined {
    return this.#kept.length === this.seen ? this.#kept.map(({ item }) => item) : undefined;
  }

  shuffled(): SampledItem[] {
    for (let i = this.#kept.length - 1; i > 0; i--) this.#swap(i, Math.floor(this.#random() * (i + 1)));
    return this.#kept.map(({ index, item }) => ({ index, item }));
  }

  #keep(place: number, index: number, item: unknown): number {
    const size = valueText(item).length;
    this.#characters += size - (this.#kept[place]?.size ?? 0);
    this.#kept[place] = { index, item, size };
    // Large items: a smaller sample, by dropping random ones.
    while (this.#characters > MAX_CHARACTERS && this.#kept.length > 1) {
      this.#swap(Math.floor(this.#random() * this.#kept.length), this.#kept.length - 1);
      this.#characters -= this.#kept.pop()?.size ?? 0;
      this.#capacity = this.#kept.length;
    }
    return size;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#kept[a], this.#kept[b]];
    if (!first || !second) return;
    this.#kept[a] = second;
    this.#kept[b] = first;
  }
}
