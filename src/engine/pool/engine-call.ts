import { TimeoutError, WorkerDiedError } from '../../../runtime/errors.ts';
import { tagItemIndex } from '../../../runtime/item-index.ts';
import { withCaller } from '../../../runtime/pool/caller-stack.ts';
import { type ArraySink, StreamSink } from '../../../runtime/pool/sinks.ts';
import { DONE, type ItemSource, itemSource, WAIT } from '../../../runtime/pool/source.ts';
import { locateCertain } from '../../../runtime/values/locate-certain.ts';
import type { FunctionReference } from '../../../runtime/values/reference.ts';
import { UnknownFunctionError } from '../../../runtime/values/replace.ts';
import { packCall, valueToText } from './call-text.ts';

/** Items that may be ahead of what a consumer has taken, unless it says how many. */
const WINDOW = 20_000;

/** One item of a call, on its way. */
export interface CallItem {
  readonly call: EngineCall;
  readonly position: number;
  readonly packed: string;
}

export interface EngineCallOptions {
  readonly items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly spread: boolean;
  /** False for one task, whose errors have no index. */
  readonly indexed: boolean;
  readonly sink: ArraySink | StreamSink;
  readonly chunkSize: number | null;
  readonly priority: number;
  readonly bufferSize: number | undefined;
  readonly caller: { readonly stack?: string };
  /** There may be something to take again. */
  readonly wake: () => void;
  /** Every item has an outcome, or (`early`) nobody wants them any more. */
  readonly over: (early: boolean) => void;
}

/** The items of one call of a method of the pool, and what becomes of their outcomes. */
export class EngineCall {
  readonly #options: EngineCallOptions;
  readonly #source: ItemSource;
  readonly #name: string;
  #read = 0;
  #settled = 0;
  #inChunk = 0;
  #waiting = false;
  #exhausted = false;
  #over = false;
  #held: { readonly item: unknown } | undefined;
  #failure: { readonly error: unknown; readonly index: number } | undefined;

  constructor(reference: FunctionReference, options: EngineCallOptions) {
    this.#options = options;
    this.#name = reference.name;
    const { sink, items, wake } = options;
    this.#source = itemSource(items, () => this.#resume());
    if (sink instanceof StreamSink) {
      sink.onTaken = wake;
      sink.onLeave = () => this.#end();
    }
  }

  /** Calls with a higher one are sent first. */
  get priority(): number {
    return this.#options.priority;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** The next item; 'cut' where its chunk has to end, null when there is none now. */
  take(): CallItem | 'cut' | null {
    const { bufferSize = WINDOW, sink, indexed, spread, chunkSize } = this.#options;
    if (this.#over || this.#waiting || this.#exhausted) return null;
    if (sink instanceof StreamSink && this.#read - sink.taken >= bufferSize) return null;
    if (this.#inChunk === chunkSize) {
      this.#inChunk = 0;
      return 'cut';
    }
    for (;;) {
      const item = this.#next();
      if (item === WAIT || item === DONE) return null;
      const position = this.#read++;
      try {
        const value = valueToText(item, () => (indexed ? `items[${position}]` : 'args'));
        this.#inChunk++;
        return { call: this, position, packed: packCall({ name: this.#name, spread, value }) };
      } catch (error) {
        if (error instanceof UnknownFunctionError) {
          this.#lookFor(error, item, position);
          return null;
        }
        this.error(position, error);
      }
    }
  }

  value(position: number, value: unknown): void {
    if (this.#over) return;
    this.#settled++;
    this.#options.sink.value(position, value);
    this.#checkEnd();
  }

  error(position: number, error: unknown): void {
    if (this.#over) return;
    this.#settled++;
    const index = this.#options.indexed ? position : undefined;
    tagItemIndex(error, index);
    // The host's own pool counted from the begin of the chunk.
    if (error instanceof TimeoutError || error instanceof WorkerDiedError)
      Object.defineProperty(error, 'itemIndex', { value: index, configurable: true, enumerable: true });
    this.#options.sink.error(position, withCaller(error, this.#options.caller));
    this.#checkEnd();
  }

  /** Ends the call: nothing more is read, outcomes that still come are ignored. */
  fail(error: unknown): void {
    this.#end({ error: withCaller(error, this.#options.caller), index: -1 });
  }

  #next(): unknown {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return held.item;
    try {
      const item = this.#source.next();
      if (item === WAIT) this.#waiting = true;
      if (item === DONE) this.#exhaust();
      return item;
    } catch (error) {
      this.#failure = { error, index: this.#read };
      this.#exhaust();
      return DONE;
    }
  }

  #exhaust(): void {
    this.#exhausted = true;
    queueMicrotask(() => this.#checkEnd());
  }

  #resume(): void {
    this.#waiting = false;
    this.#options.wake();
  }

  #lookFor(refused: UnknownFunctionError, item: unknown, position: number): void {
    this.#waiting = true;
    locateCertain(refused.fn).then(
      () => {
        this.#read--;
        this.#held = { item };
        this.#resume();
      },
      () => {
        this.error(position, refused);
        this.#resume();
      },
    );
  }

  #checkEnd(): void {
    if (this.#exhausted && this.#held === undefined && this.#settled === this.#read) this.#end(this.#failure);
  }

  #end(failure?: { readonly error: unknown; readonly index: number }): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.close();
    this.#options.sink.end(failure);
    this.#options.over(this.#settled < this.#read);
  }
}
