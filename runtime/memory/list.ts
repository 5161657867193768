/** Lists of fixed length in shared memory. */
import { registerFrom } from '../values/classes.ts';
import { packList, type ShareableItem, Slots } from './list-layout.ts';
import { SharedMemory } from './shared-memory.ts';

/** Options of `ShareableList`. */
export interface ShareableListOptions {
  /** Name of the segment: of a new one with values, of an existing one without. */
  name?: string | undefined;
}

/** A list of fixed length in a shared segment. Strings and bytes may not grow beyond the room that they had at first. */
export class ShareableList implements Iterable<ShareableItem> {
  readonly #memory: SharedMemory;
  readonly #slots: Slots;

  /**
   * Makes a list of `values`, or attaches by name without them. Throws `SharedMemoryUnavailableError`, TypeError for other values.
   * Numbers keep their type, a bigint has 64 bits with a sign; the room of a string or of bytes is rounded up to 8 bytes.
   */
  constructor(values?: Iterable<ShareableItem>, { name }: ShareableListOptions = {}) {
    if (values === undefined) {
      if (name === undefined)
        throw new TypeError('ShareableList needs values for a new list, or the name of an existing one');
      this.#memory = new SharedMemory({ name });
    } else {
      const { size, writeTo } = packList([...values]);
      this.#memory = new SharedMemory({ name, create: true, size });
      writeTo(this.#memory.buffer);
    }
    this.#slots = slotsOf(this.#memory);
  }

  /** The item at `index`; negative counts from the end. Undefined outside of the list. */
  at(index: number): ShareableItem | undefined {
    const place = this.#place(index);
    return place === undefined ? undefined : this.#open().get(place);
  }

  /** Replaces an item. Throws RangeError outside of the list or when a string or bytes do not fit. */
  set(index: number, value: ShareableItem): void {
    const place = this.#place(index);
    if (place === undefined) throw new RangeError(`there is no item ${index} in a list of ${this.length}`);
    this.#open().set(place, value);
  }

  /** How often `value` occurs. */
  count(value: ShareableItem): number {
    let count = 0;
    for (const item of this) if (isSame(item, value)) count++;
    return count;
  }

  /** First index of `value`, -1 without one. */
  indexOf(value: ShareableItem): number {
    let index = 0;
    for (const item of this) {
      if (isSame(item, value)) return index;
      index++;
    }
    return -1;
  }

  /** Number of items. */
  get length(): number {
    return this.#slots.length;
  }

  /** The segment, for `close()` and `unlink()`. */
  get shm(): SharedMemory {
    return this.#memory;
  }

  /** The items in order. */
  *[Symbol.iterator](): IterableIterator<ShareableItem> {
    for (let i = 0; i < this.length; i++) yield this.#open().get(i);
  }

  #place(index: number): number | undefined {
    const whole = Math.trunc(index) || 0;
    const place = whole < 0 ? whole + this.length : whole;
    return place >= 0 && place < this.length ? place : undefined;
  }

  /** Asks the segment, which throws when it was closed. */
  #open(): Slots {
    void this.#memory.buffer;
    return this.#slots;
  }
}

registerFrom<ShareableList, string>(import.meta.url, ShareableList, {
  toPlain(list) {
    void list.shm.buffer;
    return list.shm.name;
  },
  fromPlain: (name) => new ShareableList(undefined, { name }),
});

function slotsOf(memory: SharedMemory): Slots {
  try {
    return new Slots(memory.buffer);
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** As `===` tells, bytes by their content. */
function isSame(item: ShareableItem, value: ShareableItem): boolean {
  if (!(item instanceof Uint8Array) || !(value instanceof Uint8Array)) return item === value;
  return Buffer.compare(item, value) === 0;
}
