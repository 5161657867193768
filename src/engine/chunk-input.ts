import { setTimeout as sleep } from 'node:timers/promises';
import type { Choice } from '../job/choice.ts';
import type { StopSwitch } from '../job/stop.ts';
import type { TaskItem } from '../job/task-text.ts';

/** Comes among the items where there is none now: what is there is sent, and the rest asked for later. */
export const PAUSE: unique symbol = Symbol('no item now');
/** Comes among the items where a chunk has to end. */
export const CUT: unique symbol = Symbol('a chunk ends here');

type Item = TaskItem | typeof PAUSE | typeof CUT;

/** Time in ms after which a chunk that waits for an item is sent as it is: the run has more to do than to wait for its input. */
const PATIENCE = 250;

export interface ChunkInputOptions {
  /** Items as they are read; `PAUSE` and `CUT` among them. */
  readonly items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly choice: Choice;
  /** How many will be taken; null where that is not known. */
  readonly total: number | null;
  readonly stop: StopSwitch;
  /** An item as it is sent. */
  readonly pack: (index: number, item: unknown) => TaskItem;
  /** Gets each item that is taken. */
  readonly onTaken: (index: number, item: unknown) => void;
}

/** Reads the items of a run, as many at a time as go into a chunk. */
export class ChunkInput {
  readonly #options: ChunkInputOptions;
  readonly #items: AsyncGenerator<Item>;
  /** An item that was asked for and has not come. */
  #asked: Promise<IteratorResult<Item, undefined>> | undefined;
  #taken = 0;
  #total: number | null;
  #ended = false;

  constructor(options: ChunkInputOptions) {
    this.#options = options;
    this.#total = options.total;
    this.#items = this.#read();
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
  async take(size: number): Promise<{ readonly chunk: readonly TaskItem[]; readonly paused: boolean }> {
    const chunk: TaskItem[] = [];
    const full = new AbortController();
    const late = sleep(PATIENCE, undefined, { signal: full.signal }).catch(() => undefined);
    try {
      while (chunk.length < size) {
        this.#asked ??= this.#items.next();
        const next = await Promise.race([this.#asked, late]);
        if (next === undefined) return { chunk, paused: true };
        this.#asked = undefined;
        if (next.done) this.#ended = true;
        if (next.done || next.value === CUT) break;
        if (next.value === PAUSE) return { chunk, paused: true };
        chunk.push(next.value);
      }
    } finally {
      full.abort();
    }
    return { chunk, paused: false };
  }

  async *#read(): AsyncGenerator<Item, undefined> {
    const { items, choice, stop, pack, onTaken } = this.#options;
    let index = 0;
    try {
      for await (const item of items) {
        if (stop.reason !== null) return;
        if (item === PAUSE || item === CUT) {
          yield item;
          continue;
        }
        if (choice.takes(index)) {
          this.#taken++;
          onTaken(index, item);
          yield pack(index, item);
        }
        if (index >= choice.last) break;
        index++;
      }
      this.#total = this.#taken;
    } catch (error) {
      stop.stop({ kind: 'failure', error });
    }
  }
}
