/**
 * Pages for large items of a queue, each item in its own: they are written and read without a lock of the queue, and used again
 * and again, since new pages cost more than the copy. A table says who has them:
 *
 *   0       count of pages that were given back: sleeping threads sleep on it | threads that sleep
 *   place   owner: pid, 0 for nobody | size in bytes, 0 for no pages | length of their path | path
 *
 * Who puts its pid where nobody's is has the place. Pages whose item is in the queue have none: the item names them. Those of a
 * process that was killed stay in their place until somebody who needs new ones looks there. Only who is killed while pages go
 * from the table to the queue or back leaves them nowhere: they are freed with the family.
 */
import { unlinkSync } from 'node:fs';
import { bufferOfPath, newPages, pathOfBuffer } from '../memory/pages.ts';
import { familyBells } from '../sync/bells.ts';
import { futexWait, futexWake } from '../sync/native.ts';
import type { Place } from '../transport/bytes.ts';
import { PATH_WORDS, PathWords } from './path-words.ts';

const GIVEN = 0;
const SLEEPERS = 1;
const OWNER = 2;
const SIZE = 3;
const PATH = 4;
const PLACE_WORDS = 2 + PATH_WORDS;
const PLACES = 32;
export const ITEM_PAGES_WORDS = OWNER + PLACES * PLACE_WORDS;

/** Pages that wait for the next item have at most this many bytes altogether. */
const MOST_WAITING = 33_554_432;
/** Pages of this process that stay mapped. */
const MOST_MAPPED = 48;
/** How long it is waited for pages, in ms for each byte: about as long as new ones take. */
const PATIENCE = 1e-6;
/** How often in a row it is not waited for pages, at most. */
const MOST_SKIPS = 7;
/** Pages serve items down to this part of their size. */
const LEAST_USE = 4;

export interface Pages extends Place {
  /** Their place in the table. */
  place: number | undefined;
}

/** Pages that this process used last, of all its queues; the rest is unmapped when it is collected. */
const mapped = new Map<string, Buffer>();

export class ItemPages {
  readonly #words: Int32Array;
  readonly #given: Int32Array;
  readonly #paths: PathWords;
  /** The place that was looked at last, by those who go round. */
  #next = 0;
  /** How often it is not waited for pages any more since that was in vain, and how often the last time. */
  #skips = 0;
  #vain = 0;

  /** `words`: `ITEM_PAGES_WORDS` of them; all 0 at first. */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#given = words.subarray(GIVEN, GIVEN + 1);
    this.#paths = new PathWords(words.subarray(PATH), PLACES, PLACE_WORDS);
  }

  /**
   * Pages of at least `size` bytes, for this process alone. When there are none, and somebody may give some back soon, waits for
   * them a moment. Throws the system's error when there is no memory.
   */
  take(size: number, mayComeBack: boolean): Pages {
    let found = this.#takeWaiting(size);
    if (found === undefined && mayComeBack && --this.#skips < 0) {
      found = this.#takeSoon(size);
      this.#vain = found === undefined ? Math.min(MOST_SKIPS, this.#vain * 2 + 1) : 0;
      this.#skips = this.#vain;
    }
    if (found !== undefined) return found;
    this.#freeOfDead();
    return pagesOf(Buffer.from(newPages(roundedUp(size))), undefined);
  }

  /** What is given back soon. */
  #takeSoon(size: number): Pages | undefined {
    Atomics.add(this.#words, SLEEPERS, 1);
    try {
      for (
        let left = size * PATIENCE, end = performance.now() + left;
        left > 0;
        left = end - performance.now()
      ) {
        const given = Atomics.load(this.#words, GIVEN);
        const found = this.#takeWaiting(size);
        if (found !== undefined) return found;
        futexWait(this.#given, given, left);
      }
      return undefined;
    } finally {
      Atomics.sub(this.#words, SLEEPERS, 1);
    }
  }

  #takeWaiting(size: number): Pages | undefined {
    for (let place = 0; place < PLACES; place++) {
      if (this.#at(place, OWNER) !== 0 || !this.#fits(place, size) || !this.#own(place)) continue;
      const bytes = this.#fits(place, size) ? mapOrNothing(this.#paths.get(place)) : undefined;
      if (bytes !== undefined) return pagesOf(bytes, place);
      this.#leave(place);
    }
    return undefined;
  }

  /** The name by which an item tells of its pages. From now on they are in no place. */
  handOver(pages: Pages): Buffer {
    const path = pathOfBuffer(pages.bytes.buffer as ArrayBuffer);
    if (pages.place === undefined) keepMapped(path, pages.bytes);
    else this.#clear(pages.place);
    pages.place = undefined;
    return Buffer.from(path, 'latin1');
  }

  /** The pages of that name, which are still those of the item. Throws the system's error when they cannot be mapped. */
  find(name: string): Pages {
    return pagesOf(bytesOf(name), undefined);
  }

  /** The item is taken: notes that this process has its pages. */
  hold(pages: Pages): void {
    this.#putInto(this.#emptyPlace(), pages);
  }

  /** They are of no more use to this process. */
  giveBack(pages: Pages): void {
    const { length } = pages.bytes;
    while (this.#waiting() + length > MOST_WAITING && this.#removeWaiting() !== undefined);
    if (pages.place === undefined) this.#putInto(this.#emptyPlace() ?? this.#removeWaiting(), pages);
    const { place } = pages;
    if (place === undefined || length > MOST_WAITING) {
      if (place !== undefined) this.#clear(place);
      remove(pathOfBuffer(pages.bytes.buffer as ArrayBuffer));
    } else this.#leave(place);
    pages.place = undefined;
    if (Atomics.load(this.#words, SLEEPERS) <= 0) return;
    Atomics.add(this.#words, GIVEN, 1);
    futexWake(this.#given, 1);
  }

  #putInto(place: number | undefined, pages: Pages): void {
    if (place === undefined) return;
    this.#paths.set(place, pathOfBuffer(pages.bytes.buffer as ArrayBuffer));
    Atomics.store(this.#words, place * PLACE_WORDS + SIZE, pages.bytes.length);
    pages.place = place;
  }

  #at(place: number, word: number): number {
    return Atomics.load(this.#words, place * PLACE_WORDS + word);
  }

  #fits(place: number, size: number): boolean {
    const there = this.#at(place, SIZE);
    return there >= size && there <= size * LEAST_USE;
  }

  #own(place: number, from = 0): boolean {
    return Atomics.compareExchange(this.#words, place * PLACE_WORDS + OWNER, from, process.pid) === from;
  }

  #leave(place: number): void {
    Atomics.store(this.#words, place * PLACE_WORDS + OWNER, 0);
  }

  #clear(place: number): void {
    Atomics.store(this.#words, place * PLACE_WORDS + SIZE, 0);
    this.#leave(place);
  }

  /** A place without pages, which is this process's now. */
  #emptyPlace(): number | undefined {
    for (let place = 0; place < PLACES; place++) {
      if (this.#at(place, SIZE) !== 0 || !this.#own(place)) continue;
      if (this.#at(place, SIZE) === 0) return place;
      this.#leave(place);
    }
    return undefined;
  }

  /** Removes pages that wait for an item; the place is this process's now. */
  #removeWaiting(): number | undefined {
    for (let i = 0; i < PLACES; i++) {
      const place = this.#nextPlace();
      if (this.#at(place, OWNER) !== 0 || this.#at(place, SIZE) === 0 || !this.#own(place)) continue;
      Atomics.store(this.#words, place * PLACE_WORDS + SIZE, 0);
      remove(this.#paths.get(place));
      return place;
    }
    return undefined;
  }

  #waiting(): number {
    let bytes = 0;
    for (let place = 0; place < PLACES; place++)
      if (this.#at(place, OWNER) === 0) bytes += this.#at(place, SIZE);
    return bytes;
  }

  /** One place at a time: to look whether a process lives takes as long as many copies of small items. */
  #freeOfDead(): void {
    const place = this.#nextPlace();
    const owner = this.#at(place, OWNER);
    if (owner === 0 || owner === process.pid || !familyBells().hasEnded(owner)) return;
    if (this.#own(place, owner)) this.#leave(place);
  }

  /** Goes round. */
  #nextPlace(): number {
    this.#next = (this.#next + 1) % PLACES;
    return this.#next;
  }
}

const pagesOf = (bytes: Buffer, place: number | undefined): Pages => ({
  ...{ bytes, start: 0, end: bytes.length, place },
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
});

function bytesOf(path: string): Buffer {
  const bytes = mapped.get(path) ?? Buffer.from(bufferOfPath(path));
  keepMapped(path, bytes);
  return bytes;
}

/** Undefined when somebody removed the file, as who clears away the folder of the family does. */
function mapOrNothing(path: string): Buffer | undefined {
  try {
    return bytesOf(path);
  } catch {
    return undefined;
  }
}

function keepMapped(path: string, bytes: Buffer): void {
  mapped.delete(path);
  mapped.set(path, bytes);
  if (mapped.size <= MOST_MAPPED) return;
  for (const oldest of mapped.keys()) {
    mapped.delete(oldest);
    return;
  }
}

/** Up to an eighth of the power of two below: items that differ a little in size use the same pages. */
function roundedUp(size: number): number {
  const step = 2 ** Math.max(12, Math.floor(Math.log2(size)) - 3);
  return Math.ceil(size / step) * step;
}

function remove(path: string): void {
  mapped.delete(path);
  try {
    unlinkSync(path);
  } catch {
    // The folder of the family may be gone.
  }
}
