/** What a worker tells about one chunk: results in order, in batches that fit the length of the items. */
import type { ChildChannel } from '../transport/channel.ts';
import { FrameWriter } from '../transport/frame.ts';
import { BatchWriter } from '../values/batch.ts';
import { FROM_WORKER } from './protocol.ts';

/** A batch is sent when it holds this much, or is this old. */
const BATCH_ITEMS = 4096;
const BATCH_BYTES = 65_536;
const BATCH_AGE = 2;

export class ChunkReport {
  readonly #channel: ChildChannel;
  readonly #chunk: number;
  readonly #exact: boolean;
  readonly #timed: boolean;
  readonly #batch = new BatchWriter();
  readonly #times: number[] = [];
  /** Position of the first item of the batch. */
  #position: number;
  #working = 0;
  #decoding = 0;
  #encoding = 0;
  #mark: number;
  #began = 0;
  /** Since when the batch is being filled. */
  #since: number;
  /** Time in ms in the user's function, over the whole chunk. */
  working = 0;

  constructor(channel: ChildChannel, chunk: number, position: number, exact: boolean, timed: boolean) {
    this.#channel = channel;
    this.#chunk = chunk;
    this.#position = position;
    this.#exact = exact;
    this.#timed = timed;
    this.#since = performance.now();
    this.#mark = this.#since;
    const frame = new FrameWriter(FROM_WORKER.begin, 16);
    frame.u32(chunk);
    frame.u8(exact ? 1 : 0);
    channel.send(frame.finish());
  }

  /** Items are timed one by one where that costs little beside them, or was asked for. */
  get #precise(): boolean {
    return this.#exact || this.#timed;
  }

  /** The argument is decoded: the item begins. */
  begins(): void {
    if (!this.#precise) return;
    this.#began = performance.now();
    this.#decoding += this.#began - this.#mark;
  }

  /** The user's function has returned or thrown. */
  ends(): void {
    if (!this.#precise) return;
    this.#mark = performance.now();
    this.#working += this.#mark - this.#began;
  }

  /** @throws {SerializationError} and leaves the report as it was. */
  add(result: unknown): void {
    this.#batch.add(result, resultName);
    if (this.#timed) this.#times.push(performance.timeOrigin + this.#began, this.#mark - this.#began);
    if (this.#precise) {
      const now = performance.now();
      this.#encoding += now - this.#mark;
      this.#mark = now;
    }
    if (this.#exact || this.#isFull()) this.flush();
  }

  /** The running item failed with what `error` holds: the URL of the module of its class, and the encoded value. */
  fails(error: { readonly url: string; readonly value: Buffer }): void {
    this.flush();
    const now = performance.now();
    const frame = new FrameWriter(FROM_WORKER.failure, error.value.length + 64);
    frame.u32(this.#chunk);
    frame.u32(this.#position++);
    frame.f64(this.#working);
    frame.f64(this.#precise ? performance.timeOrigin + this.#began : performance.timeOrigin + now);
    frame.text(error.url);
    frame.bytes(error.value);
    this.#channel.send(frame.finish());
    this.working += this.#working;
    this.#restart(performance.now()); // Sending is neither working nor decoding the next item.
  }

  /** Sends what there is. */
  flush(): void {
    const { count } = this.#batch;
    if (count === 0) return;
    const now = performance.now();
    if (!this.#precise) this.#working = now - this.#since;
    const frame = new FrameWriter(FROM_WORKER.results, this.#batch.bytes + this.#times.length * 8 + 64);
    frame.u32(this.#chunk);
    frame.u32(this.#position);
    frame.f64(this.#working);
    frame.f64(this.#decoding);
    frame.f64(this.#encoding);
    frame.u8(this.#timed ? 1 : 0);
    if (this.#timed) {
      frame.u32(this.#times.length);
      for (const time of this.#times) frame.f64(time);
    }
    this.#batch.moveTo(frame);
    this.#channel.send(frame.finish());
    this.#position += count;
    this.working += this.#working;
    this.#times.length = 0;
    this.#restart(performance.now()); // Sending is neither working nor decoding the next item.
  }

  #restart(now: number): void {
    this.#working = 0;
    this.#decoding = 0;
    this.#encoding = 0;
    this.#since = now;
    this.#mark = now;
  }

  #isFull(): boolean {
    const { count, bytes } = this.#batch;
    if (count >= BATCH_ITEMS || bytes >= BATCH_BYTES) return true;
    // A look at the clock costs as much as a tiny item.
    return (count & 15) === 0 && performance.now() - this.#since > BATCH_AGE;
  }
}

const resultName = () => 'result';
