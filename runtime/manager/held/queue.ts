import { ManycoreError, QueueEmptyError, QueueFullError } from '../../errors.ts';
import type { Call } from '../session.ts';
import type { Held } from './held.ts';
import { Line } from './line.ts';

/** A queue. An item that was on its way to a client that has ended is the next one again. */
export class HeldQueue implements Held {
  readonly #maxSize: number;
  readonly #items = new Line<Buffer>();
  readonly #getters = new Line<Call>();
  readonly #putters = new Line<Call>();
  readonly #joiners = new Set<Call>();
  #unfinished = 0;
  /** Items that were taken and are not finished. */
  #taken = 0;

  /** `maxSize`: 0 is no limit. */
  constructor(call: Call) {
    this.#maxSize = call.value();
  }

  readonly methods = {
    put: (call: Call) => {
      this.#enlist(this.#putters, call);
      this.#serve();
    },
    putNoWait: (call: Call) => {
      if (this.#isFull) throw new QueueFullError('Queue.putNoWait: there is no room');
      this.#put(call);
      this.#serve();
    },
    get: (call: Call) => {
      this.#enlist(this.#getters, call);
      this.#serve();
    },
    getNoWait: (call: Call) => {
      if (this.#items.length === 0) throw new QueueEmptyError('Queue.getNoWait: there is no item');
      this.#give(call);
      this.#serve();
    },
    empty: (call: Call) => call.give(this.#items.length === 0),
    full: (call: Call) => call.give(this.#isFull),
    qsize: (call: Call) => call.give(this.#items.length),
    taskDone: (call: Call) => this.#finish(call),
    join: (call: Call) => this.#join(call),
  };

  get #isFull(): boolean {
    return this.#maxSize > 0 && this.#items.length >= this.#maxSize;
  }

  #enlist(line: Line<Call>, call: Call): void {
    line.add(call);
    call.waits(() => {
      line.remove(call);
      call.giveUp();
    });
  }

  #put(call: Call): void {
    this.#items.add(call.bytes());
    this.#unfinished++;
    call.done();
  }

  #give(call: Call): void {
    const item = this.#items.take() as Buffer;
    this.#taken++;
    call.giveBytes(item, () => {
      this.#taken--;
      this.#items.putBack(item);
      this.#serve();
    });
  }

  /** Who waits gets what there is. */
  #serve(): void {
    for (;;)
      if (this.#items.length > 0 && this.#getters.length > 0) this.#give(this.#getters.take() as Call);
      else if (!this.#isFull && this.#putters.length > 0) this.#put(this.#putters.take() as Call);
      else return;
  }

  #finish(call: Call): void {
    if (this.#taken === 0)
      throw new ManycoreError('JoinableQueue.taskDone: it was called more often than items were taken');
    this.#taken--;
    this.#unfinished--;
    call.done();
    if (this.#unfinished > 0) return;
    for (const joiner of this.#joiners) joiner.done();
    this.#joiners.clear();
  }

  #join(call: Call): void {
    if (this.#unfinished === 0) {
      call.done();
      return;
    }
    this.#joiners.add(call);
    call.waits(() => {
      this.#joiners.delete(call);
      call.giveUp();
    });
  }
}
