import type { Choice } from '../job/choice.ts';
import type { StopSwitch } from '../job/stop.ts';
import { within } from './within.ts';

/** Comes among the items where there is none now: what is there is sent, and the rest asked for later. */
export const PAUSE: unique symbol = Symbol('no item now');
/** Comes among the items where a chunk has to end. */
export const CUT: unique symbol = Symbol('a chunk ends here');

/** Time in ms after which a chunk that waits for an item is sent as it is: the run has more to do than to wait for its input. */
const PATIENCE = 250;

export interface ChunkInputOptions {
  /** Items as they are read; `PAUSE` and `CUT` among them. */
  readonly items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly choice: Choice;
  /** How many will be taken; null where that is not known. */
  readonly total: number | null;
  readonly stop: StopSwitch;
}

/** Items of one chunk, each with its index in the dataset, ascending. */
export interface ChunkItems {
  readonly indices: readonly number[];
  readonly items: readonly unknown[];
}

/** The item with this index, which is among them. */
export function itemAt({ indices, items }: ChunkItems, index: number): unknown {
  const first = indices[0] as number;
  // Most chunks are a stretch of the dataset.
  if (indices[index - first] === index) return items[index - first];
  let [low, high] = [0, indices.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((indices[middle] as number) < index) low = middle + 1;
    else high = middle;
  }
  return items[low];
}

/** How reading for a chunk ended. */
type Ending = 'full' | 'cut' | 'paused' | 'ended';

/** Reads the items of a run, as many at a time as go into a chunk. */
export class ChunkInput {
  readonly #options: ChunkInputOptions;
  readonly #read: () => Ending | Promise<Ending>;
  #indices: number[] = [];
  #items: unknown[] = [];
  /** Items that the chunk is to hold. */
  #size = 0;
  /** Reading of items that let themselves be waited for. It goes on when nobody waits for it any more. */
  #filling: Promise<Ending> | undefined;
  #index = 0;
  #taken = 0;
  #total: number | null;
  #ended = false;

  constructor(options: ChunkInputOptions) {
    this.#options = options;
    this.#total = options.total;
    const { items } = options;
    if (Symbol.iterator in items) {
      const source = items[Symbol.iterator]();
      this.#read = () => this.#fill(source);
    } else {
      const source = items[Symbol.asyncIterator]();
      this.#read = () => this.#fillPatiently(source);
    }
  }

  /** Every item was given. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Items in all, as far as that is known. */
  get total(): number | null {
    return this.#total;
  }

  /** Items that were not given yet; null where that is not known. */
  get left(): number | null {
    return this.#total === null ? null : this.#total - this.#taken;
  }

  /** The items of one chunk, `size` at most. `paused`: fewer, because there are no more now. */
  async take(size: number): Promise<ChunkItems & { readonly paused: boolean }> {
    this.#size = size;
    const ending = await this.#read();
    const taken = { indices: this.#indices, items: this.#items, paused: ending === 'paused' };
    this.#indices = [];
    this.#items = [];
    if (ending === 'ended') this.#ended = true;
    return taken;
  }

  /** Without a promise for each item: short ones come by the million. */
  #fill(source: Iterator<unknown>): Ending {
    try {
      for (;;) {
        if (this.#wantsNoMore) {
          source.return?.();
          return this.#end();
        }
        const ending = this.#add(source.next());
        if (ending !== null) return ending;
      }
    } catch (error) {
      return this.#fail(error);
    }
  }

  async #fillPatiently(source: AsyncIterator<unknown>): Promise<Ending> {
    this.#filling ??= this.#fillAsync(source);
    if (!(await within(PATIENCE, this.#filling))) return 'paused';
    const ending = await this.#filling;
    this.#filling = undefined;
    return ending;
  }

  async #fillAsync(source: AsyncIterator<unknown>): Promise<Ending> {
    try {
      for (;;) {
        if (this.#wantsNoMore) {
          await source.return?.();
          return this.#end();
        }
        const ending = this.#add(await source.next());
        if (ending !== null) return ending;
      }
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Why nothing more goes into this chunk; null when more does. */
  #add({ done, value }: IteratorResult<unknown>): Ending | null {
    if (done) return this.#end();
    if (value === CUT) return 'cut';
    if (value === PAUSE) return 'paused';
    const index = this.#index++;
    if (!this.#options.choice.takes(index)) return null;
    this.#taken++;
    this.#items.push(value);
    return this.#indices.push(index) < this.#size ? null : 'full';
  }

  get #wantsNoMore(): boolean {
    const { stop, choice } = this.#options;
    return stop.reason !== null || this.#index > choice.last;
  }

  #end(): Ending {
    if (this.#options.stop.reason === null) this.#total = this.#taken;
    return 'ended';
  }

  #fail(error: unknown): Ending {
    this.#options.stop.stop({ kind: 'failure', error });
    return 'ended';
  }
}
