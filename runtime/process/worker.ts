/** A worker of a pool, in its own process: takes chunks, runs their items in order, reports. */
import type { ByteReader } from '../transport/bytes.ts';
import type { ChildChannel } from '../transport/child-channel.ts';
import { decode, encode } from '../values/codec.ts';
import { CHECKED, lossy } from '../values/lossy.ts';
import { PlainWriter } from '../values/plain-writer.ts';
import { type FunctionReference, load, resolve } from '../values/reference.ts';
import { decodeImporting } from '../values/whole.ts';
import { markOutput } from '../watch/output-mark.ts';
import { type ChildState, neverAborted } from './child-state.ts';
import { ChunkReport } from './chunk-report.ts';
import { runItems } from './chunk-run.ts';
import type { AnyFunction, ItemHooks } from './item-hooks.ts';
import { CHUNK, FROM_WORKER, type InitMessage, TO_WORKER } from './protocol.ts';
import { encodeThrown } from './thrown.ts';

interface Chunk {
  readonly id: number;
  readonly call: number;
  readonly fn: number;
  readonly flags: number;
  readonly from: number;
  readonly to: number;
  /** NaN for a task without an index. */
  readonly firstIndex: number;
  readonly values: Buffer;
  /** The values lie in the ring: called when they are not needed any more. */
  readonly release: (() => void) | undefined;
}

/** Values of so many bytes are worth to be read where they lie; fewer are copied, and the ring is free at once. */
const KEEP_FROM = 16_384;

/** On sockets, results of items shorter than this, in ms, are written together: too short to have touched anything outside. */
const TINY_ITEM = 0.003;
/** Items of a function that are reported one by one before it is known how long they take. */
const PROBE_ITEMS = 32;
/** How long a worker without work looks for some before it sleeps, in ms; not so long where that was in vain lately. */
const SPIN = 0.1;
const SHORT_SPIN = 0.01;
/** Sleep that a longer look would have spared, in ms. */
const SHORT_SLEEP = 0.5;
/** Calls whose late chunks are dropped; older ones have none any more. */
const MAX_ABORTED = 1000;

export class Worker {
  readonly #channel: ChildChannel;
  readonly #init: InitMessage;
  readonly #state: ChildState;
  readonly #references = new Map<number, FunctionReference>();
  /** A function of the user; null where it could not be had. */
  readonly #functions = new Map<number, AnyFunction | null>();
  /** Running mean of the time of one item of a function, and how many of its results were looked through. */
  readonly #means = new Map<number, { items: number; mean: number; checked: number }>();
  /** Of the stream of all results. */
  readonly #plain = new PlainWriter();
  readonly #queue: Chunk[] = [];
  readonly #aborted = new Set<number>();
  #ready = false;
  #busy = false;
  #ending = false;
  #spin = SPIN;
  #asleepSince = 0;
  #running: Chunk | undefined;
  #position = 0;
  #taskAbort: AbortController | undefined;

  constructor(channel: ChildChannel, init: InitMessage, state: ChildState) {
    this.#channel = channel;
    this.#init = init;
    this.#state = state;
    state.taskSignal = () => this.#taskSignal();
    const item = () => this.#item();
    markOutput(process.stdout, init.outputToken, item);
    markOutput(process.stderr, init.outputToken, item);
    // Whatever ends this process in good order, what was computed is reported first.
    process.on('exit', () => this.#channel.flush());
  }

  /** Runs the initializer, then the chunks that came meanwhile. */
  async initialise(): Promise<void> {
    const began = Date.now();
    const { initializer, initArgs, startedAt } = this.#init;
    try {
      if (initializer !== undefined) {
        const fn = await this.#import(initializer);
        const args = await decodeImporting(initArgs, (url) => this.#importing(() => load(url)));
        await this.#call(fn, args as readonly unknown[]);
      }
    } catch (error) {
      await this.#sendError(FROM_WORKER.failed, undefined, error, initializer?.url ?? '');
      process.exit(1);
    }
    const frame = this.#channel.open(FROM_WORKER.ready);
    frame.f64(began - startedAt);
    frame.f64(Date.now() - began);
    this.#send();
    this.#ready = true;
    void this.#work();
  }

  receive(type: number, body: ByteReader): void {
    if (type === TO_WORKER.define) this.#references.set(body.u32(), decode(body) as FunctionReference);
    else if (type === TO_WORKER.chunk) this.#queue.push(readChunk(body, this.#channel));
    else if (type === TO_WORKER.abort) this.#abort(body.u32());
    else if (type === TO_WORKER.ask) this.#ask(body.u32(), body.u32());
    else if (type === TO_WORKER.end) this.#ending = true;
    // Not from inside of the frame's handler: the chunk runs when that has returned.
    if (!this.#busy) queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    if (!this.#ready || this.#busy) return;
    this.#busy = true;
    this.#spin = performance.now() - this.#asleepSince < SHORT_SLEEP ? SPIN : SHORT_SPIN;
    while (this.#queue.length > 0 || this.#lookForMore()) {
      const chunk = this.#queue.shift();
      if (chunk === undefined) continue;
      this.#channel.stayAwake();
      await this.#run(chunk);
      chunk.release?.();
      this.#channel.moveToRing();
      // Timers, sockets and messages of the parent get their turn between chunks.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#channel.poll();
    }
    // Once: it stays busy until it has ended.
    if (this.#ending) await this.#end();
    this.#busy = false;
  }

  /** The next chunk often comes at once: that is noticed here in less than it takes to fall asleep and be woken. */
  #lookForMore(): boolean {
    if (this.#ending) return false;
    const found = this.#channel.spin(this.#spin);
    if (!found) this.#asleepSince = performance.now();
    return found;
  }

  async #run(chunk: Chunk): Promise<void> {
    const fn = this.#functions.get(chunk.fn) ?? (await this.#function(chunk.fn));
    if (fn === null || this.#aborted.has(chunk.call)) {
      this.#drop(chunk);
      return;
    }
    const known = this.#means.get(chunk.fn) ?? { items: 0, mean: 0, checked: 0 };
    this.#means.set(chunk.fn, known);
    const probed = known.items >= PROBE_ITEMS;
    const long = !probed || known.mean >= TINY_ITEM;
    this.#channel.markItem(0);
    const report = new ChunkReport(this.#channel, this.#plain, chunk, {
      mean: probed ? known.mean : undefined,
      exact: (chunk.flags & CHUNK.exact) !== 0 || (long && !this.#channel.isShared),
      timed: (chunk.flags & CHUNK.timed) !== 0,
    });
    const finished = await this.#runItems(chunk, fn, report);
    const mean = report.done();
    if (mean !== undefined) known.mean += (mean - known.mean) * (known.items === 0 ? 1 : 0.3);
    known.items += chunk.to - chunk.from;
    if (!finished) this.#drop(chunk);
  }

  async #runItems(chunk: Chunk, fn: AnyFunction, report: ChunkReport): Promise<boolean> {
    const hooks: ItemHooks = {
      begins: (position) => {
        this.#position = position;
        this.#taskAbort = undefined;
        this.#channel.markItem(position + 1);
      },
      waits: () => this.#channel.sleep(),
      stopped: () => this.#aborted.size > 0 && this.#aborted.has(chunk.call),
      check: this.#resultCheck(chunk),
      load: (url) => this.#importing(() => load(url)),
    };
    const { values, from, to, flags } = chunk;
    const url = this.#references.get(chunk.fn)?.url ?? '';
    this.#running = chunk;
    this.#state.running++;
    const finished = await runItems(
      { values, from, to, spread: (flags & CHUNK.spread) !== 0, url },
      fn,
      this.#channel,
      report,
      hooks,
    );
    this.#state.running--;
    this.#running = undefined;
    return finished;
  }

  /** Tells the parent what arrives changed of the first results of a function; gives false after the last of them. */
  #resultCheck(chunk: Chunk): ItemHooks['check'] {
    const known = this.#means.get(chunk.fn);
    if (known === undefined || known.checked >= CHECKED) return undefined;
    return (result) => {
      const losses = lossy(result, 'result');
      if (losses.length > 0) {
        const frame = this.#channel.open(FROM_WORKER.lossy);
        frame.u32(chunk.id);
        encode(losses, frame, () => 'losses');
        this.#channel.commit();
      }
      return ++known.checked < CHECKED;
    };
  }

  /** Index of the running item; undefined without one. */
  #item(): number | undefined {
    const index = (this.#running?.firstIndex ?? Number.NaN) + this.#position;
    return Number.isNaN(index) ? undefined : index;
  }

  /** A task that has not looked for its signal yet finds it fired. */
  #ask(chunk: number, position: number): void {
    if (this.#running?.id !== chunk || this.#position !== position) return;
    this.#taskAbort ??= new AbortController();
    this.#taskAbort.abort();
  }

  #taskSignal(): AbortSignal {
    const running = this.#running;
    if (running === undefined) return neverAborted;
    this.#taskAbort ??= new AbortController();
    if (this.#aborted.has(running.call)) this.#taskAbort.abort();
    return this.#taskAbort.signal;
  }

  #abort(call: number): void {
    this.#aborted.add(call);
    for (const oldest of this.#aborted) {
      if (this.#aborted.size <= MAX_ABORTED) break;
      this.#aborted.delete(oldest);
    }
    if (this.#running?.call === call) this.#taskAbort?.abort();
  }

  async #function(id: number): Promise<AnyFunction | null> {
    const known = this.#functions.get(id);
    if (known !== undefined) return known;
    this.#channel.open(FROM_WORKER.loading).u32(id);
    this.#send();
    const reference = this.#references.get(id);
    let found: AnyFunction | null = null;
    try {
      if (reference === undefined) throw new Error(`function ${id} was not defined`);
      found = await this.#import(reference);
    } catch (error) {
      await this.#sendError(FROM_WORKER.unusable, id, error, '');
    }
    this.#functions.set(id, found);
    return found;
  }

  async #import(reference: FunctionReference): Promise<AnyFunction> {
    await this.#importing(() => load(reference.url));
    // User code may have swallowed it; the module would start processes all the same.
    if (this.#state.refusal !== undefined) throw this.#state.refusal;
    return resolve(reference) as AnyFunction;
  }

  async #importing(body: () => Promise<void>): Promise<void> {
    this.#state.importing++;
    try {
      await body();
    } finally {
      this.#state.importing--;
    }
  }

  async #call(fn: AnyFunction, args: readonly unknown[]): Promise<void> {
    this.#state.running++;
    try {
      await fn(...args);
    } finally {
      this.#state.running--;
    }
  }

  async #sendError(type: number, fn: number | undefined, thrown: unknown, moduleUrl: string): Promise<void> {
    const { url, value } = await encodeThrown(thrown, moduleUrl);
    const frame = this.#channel.open(type);
    if (fn !== undefined) frame.u32(fn);
    frame.text(url);
    frame.bytes(value);
    this.#send();
  }

  #drop(chunk: Chunk): void {
    this.#channel.open(FROM_WORKER.dropped).u32(chunk.id);
    this.#send();
  }

  /** Sends the frame that was opened. */
  #send(): void {
    this.#channel.commit();
    this.#channel.flush();
  }

  async #end(): Promise<void> {
    const { finalizer } = this.#init;
    if (finalizer !== undefined) await this.#call(await this.#import(finalizer), []);
    process.exit(0);
  }
}

function readChunk(body: ByteReader, channel: ChildChannel): Chunk {
  const head = {
    id: body.u32(),
    call: body.u32(),
    fn: body.u32(),
    flags: body.u8(),
    from: body.u32(),
    to: body.u32(),
    firstIndex: body.f64(),
  };
  const release = body.left >= KEEP_FROM ? channel.keep() : undefined;
  const values = body.rest();
  return { ...head, values: release === undefined ? Buffer.from(values) : values, release };
}
