/** What a worker tells about one chunk: the results in order, each as soon as it is there, and the sums at the end. */
import type { ChildChannel } from '../transport/child-channel.ts';
import { encodeNext } from '../values/codec.ts';
import type { PlainWriter } from '../values/plain-writer.ts';
import { SLOWEST } from '../watch/stats.ts';
import { FROM_WORKER } from './protocol.ts';

/** Results wait at most about this long, in ms, before the parent is told of them. */
const FLUSH_AGE = 100;
/** Items shorter than this, in ms, are timed by samples: a look at the clock is not little beside them. */
const SHORT_ITEM = 0.1;
/** Of short items, one in this many is timed; a power of two. */
const SAMPLE = 8;
const SAMPLE_TINY = 32;

export interface ReportMode {
  /** Mean time of an item of this function so far in ms; undefined when it is not known. */
  readonly mean: number | undefined;
  /** Every result reaches the parent before the next item begins. */
  readonly exact: boolean;
  /** The times of every item are wanted. */
  readonly timed: boolean;
}

export class ChunkReport {
  readonly #channel: ChildChannel;
  /** Of the stream of all results of this worker. */
  readonly #plain: PlainWriter;
  readonly #chunk: number;
  readonly #from: number;
  readonly #items: number;
  readonly #exact: boolean;
  readonly #timed: boolean;
  readonly #mask: number;
  /** Items that have ended. */
  #count = 0;
  #samples = 0;
  #measuring = true;
  /** Sums over the samples, in ms. */
  #working = 0;
  #decoding = 0;
  #encoding = 0;
  /** When the item began, and when what was measured last ended. */
  #began = 0;
  #mark: number;
  #flushed: number;
  /** The slowest measured items, slowest first. */
  readonly #slowest: { readonly position: number; readonly duration: number }[] = [];
  #leastSlow = 0;
  #summed = false;

  constructor(
    channel: ChildChannel,
    plain: PlainWriter,
    { id, from, to }: { readonly id: number; readonly from: number; readonly to: number },
    mode: ReportMode,
  ) {
    this.#channel = channel;
    this.#plain = plain;
    this.#chunk = id;
    this.#from = from;
    this.#items = to - from;
    this.#exact = mode.exact;
    this.#timed = mode.timed;
    this.#mask = sampling(mode) - 1;
    const frame = channel.open(FROM_WORKER.begin);
    frame.u32(id);
    frame.u8(mode.exact ? 1 : 0);
    this.#flushed = performance.now();
    frame.f64(performance.timeOrigin + this.#flushed);
    channel.commit();
    if (mode.exact) channel.flush();
    this.#mark = this.#flushed;
  }

  /** Items that may be run by `quick` now: all but the last one, of those that take next to no time. */
  get quickItems(): number {
    return this.#mask === SAMPLE_TINY - 1 ? this.#items - this.#count - 1 : 0;
  }

  /** `count` items were run and their results written, in `ms`. */
  quick(count: number, ms: number): void {
    this.#count += count;
    this.#samples += count;
    this.#working += ms;
    this.flushIfDue(performance.now());
  }

  /** The next item is looked at; true when it is a measured one. */
  next(): boolean {
    this.#measuring = (this.#count & this.#mask) === 0;
    if (this.#measuring && this.#mask > 0) this.#mark = performance.now();
    return this.#measuring;
  }

  /** The argument is decoded: the item begins. */
  begins(): void {
    if (!this.#measuring) return;
    this.#began = performance.now();
    this.#decoding += this.#began - this.#mark;
  }

  /** The user's function has returned or thrown. */
  ends(): void {
    if (!this.#measuring) return;
    this.#mark = performance.now();
    const took = this.#mark - this.#began;
    this.#working += took;
    if (took > this.#leastSlow) this.#noteSlow(this.#from + this.#count, took);
  }

  /** @throws {SerializationError} and leaves the report as it was. */
  value(result: unknown): void {
    if (this.#count + 1 === this.#items) this.#sum();
    const channel = this.#channel;
    if (typeof result === 'number' && !this.#timed) {
      channel.number(result);
      this.#ended();
      return;
    }
    const frame = channel.open(this.#timed ? FROM_WORKER.timedValue : FROM_WORKER.value);
    if (this.#timed) {
      frame.f64(performance.timeOrigin + this.#began);
      frame.f64(this.#mark - this.#began);
    }
    const shapes = this.#plain.mark;
    try {
      encodeNext(result, frame, resultName, this.#plain);
      channel.commit();
    } catch (error) {
      this.#plain.forget(shapes);
      throw error;
    }
    this.#ended();
  }

  /** The running item failed with what `error` holds: the URL of the module of its class, and the encoded value. */
  fails(error: { readonly url: string; readonly value: Buffer }): void {
    if (this.#count + 1 === this.#items) this.#sum();
    const frame = this.#channel.open(FROM_WORKER.failure);
    const measured = this.#measuring && this.#began > 0;
    frame.f64(performance.timeOrigin + (measured ? this.#began : performance.now()));
    frame.f64(measured ? Math.max(0, this.#mark - this.#began) : 0);
    frame.text(error.url);
    frame.bytes(error.value);
    this.#channel.commit();
    this.#ended();
  }

  /** No further item of the chunk. Gives the mean time of an item in the user's function in ms, undefined without one. */
  done(): number | undefined {
    this.#sum();
    this.#channel.flush();
    return this.#samples === 0 ? undefined : this.#working / this.#samples;
  }

  /** The sums go before the last result: who gets that one finds the statistics complete. */
  #sum(): void {
    if (this.#summed) return;
    this.#summed = true;
    // The last item has ended, though not all of its encoding.
    const count = Math.min(this.#count + 1, this.#items);
    const samples = this.#samples + (this.#measuring && this.#count < this.#items ? 1 : 0);
    const scale = samples === 0 ? 0 : count / samples;
    const frame = this.#channel.open(FROM_WORKER.sums);
    frame.u32(this.#chunk);
    frame.u32(count);
    frame.f64(this.#working * scale);
    frame.f64(this.#decoding * scale);
    frame.f64(this.#encoding * scale);
    frame.u8(this.#slowest.length);
    for (const { position, duration } of this.#slowest) {
      frame.u32(position);
      frame.f64(duration);
    }
    this.#channel.commit();
  }

  /** Tells the parent of the results so far. */
  flush(): void {
    this.#channel.flush();
    this.#flushed = performance.now();
  }

  #noteSlow(position: number, duration: number): void {
    const slowest = this.#slowest;
    slowest.push({ position, duration });
    slowest.sort((a, b) => b.duration - a.duration);
    if (slowest.length > SLOWEST) slowest.pop();
    if (slowest.length === SLOWEST) this.#leastSlow = slowest[SLOWEST - 1]?.duration ?? 0;
  }

  #ended(): void {
    this.#count++;
    if (!this.#measuring) return;
    this.#samples++;
    const now = performance.now();
    this.#encoding += now - this.#mark;
    this.#mark = now;
    if (this.#exact && this.#count < this.#items) this.flush();
    else this.flushIfDue(now);
  }

  flushIfDue(now: number): void {
    if (now - this.#flushed < FLUSH_AGE || this.#count === this.#items) return;
    this.flush();
    this.#channel.poll();
    this.#mark = performance.now(); // Neither encoding nor decoding.
  }
}

/** One item in how many is timed? */
function sampling({ mean, exact, timed }: ReportMode): number {
  if (exact || timed || mean === undefined || mean >= SHORT_ITEM) return 1;
  return mean < SHORT_ITEM / 30 ? SAMPLE_TINY : SAMPLE;
}

const resultName = () => 'result';
