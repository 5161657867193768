import { setTimeout as sleep } from 'node:timers/promises';
import { type MaxErrors, parseMaxErrors } from '../job/check-config.ts';
import type { Collector } from '../job/collector.ts';
import { JobError } from '../job/errors.ts';
import type { EventFeed, ShownLines } from '../job/event-feed.ts';
import { itemKey } from '../job/item-key.ts';
import type { PoolRunOptions } from '../job/pool-run.ts';
import { RateMeter } from '../job/rate.ts';
import { packItem, type TaskItem, unpackItem, unpackRecord } from '../job/task-text.ts';
import type { Message, RunProgress } from '../protocol/run.ts';
import { itemCount, workerCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import { message } from '../report/l10n.ts';
import type { WorkerFacts } from '../report/summary.ts';
import { text } from './address.ts';
import { ChunkInput, itemAt } from './chunk-input.ts';
import { ChunkSize } from './chunk-size.ts';
import type { AnnouncedRun, Chunk, Engine, HostReport, Receipt, Undone } from './engine.ts';
import { HostBook } from './host-book.ts';
import { type OutChunk, Outstanding } from './outstanding.ts';
import { packChunk, unpackRecords } from './payload.ts';
import { Stragglers } from './stragglers.ts';
import { within } from './within.ts';

type Kept = Pick<PoolRunOptions, 'config' | 'plan' | 'total' | 'items' | 'choice' | 'before' | 'stop'>;

export interface EngineRunOptions extends Kept {
  readonly engine: Engine;
  readonly announced: AnnouncedRun;
  readonly code: Uint8Array;
  /** ms that an item takes alone, if it was measured. */
  readonly itemMs: number | null;
  readonly collector: Pick<Collector, 'done' | 'failed' | 'add' | 'addLost' | 'flush'>;
  readonly feed: Pick<EventFeed, 'phase'>;
  /** Gets what workers print. */
  readonly onOutput?: (lines: ShownLines) => void;
  /** An item as it is sent. Default: `packItem`. */
  readonly pack?: (index: number, item: unknown) => TaskItem;
  /** Waits until there may be something to do, `ms` at most. Default: until a stop. */
  readonly idle?: (ms: number) => Promise<void>;
}

/** Time in ms between two looks at what has ended: the truth, whatever events tell. */
const SWEEP = 250;
/** Time in ms between two looks at the run and its hosts. */
const RECONCILE = 2000;
/** Time in ms between two questions for chunks that the server has lost. */
const RECOVER = 5000;
/** Chunks that are out at a time, for each that hosts can hold, and at most. */
const AHEAD = 4;
const MAX_OUT = 4000;
/** Chunks that a host holds. */
const SLOTS = 2;

/** Parts that a chunk is cut into which ended its host: each round costs the time of a lease. */
const PARTS = 8;
/** Hosts that an item may end while it runs alone there. */
const MAX_TRIES = 2;
/** Time in ms for the engine to forget a run. */
const FORGET = 5000;

/**
 * Runs the items on the hosts of an engine; one object for one run. What hosts could not finish is cut until one item is
 * left, which has failed when it ended hosts alone.
 */
export class EngineRun {
  readonly #options: EngineRunOptions;
  readonly #book = new HostBook();
  readonly #out = new Outstanding();
  readonly #input: ChunkInput;
  readonly #maxErrors: MaxErrors;
  readonly #begun = Date.now();
  readonly #rate = new RateMeter(this.#begun);
  readonly #size: ChunkSize;
  readonly #pack: (index: number, item: unknown) => TaskItem;
  #hosts: readonly HostReport[] = [];
  readonly #stragglers = new Stragglers();
  #reconciled = 0;
  #recovered = Date.now();

  constructor(options: EngineRunOptions) {
    this.#options = options;
    const { config, itemMs } = options;
    this.#size = new ChunkSize(itemMs, typeof config.chunk === 'number' ? config.chunk : null);
    this.#pack = options.pack ?? packItem;
    this.#input = new ChunkInput(options);
    this.#maxErrors =
      config.onError === 'stop'
        ? { count: 1 }
        : parseMaxErrors(config.maxErrors ?? String(Number.MAX_SAFE_INTEGER));
  }

  progress(): RunProgress {
    const { collector, before } = this.#options;
    const time = Date.now();
    const rate = this.#rate.update(time, collector.done);
    const { total } = this.#input;
    const left = total === null ? null : total - collector.done;
    return {
      time,
      done: before.done + collector.done,
      failed: before.failed + collector.failed,
      total: total === null ? null : before.done + total,
      rate,
      eta: left === null || rate === 0 ? null : (left / rate) * 1000,
      workers: this.#book.snapshots(),
    };
  }

  /** Until every item has an outcome or the run is stopped. The engine keeps nothing of it then. */
  async run(): Promise<{ wallMs: number; workers: WorkerFacts[] }> {
    const { engine, announced, code, stop } = this.#options;
    const { id, bundle } = announced.announcement;
    using _watch = engine.watch(id, (run, state) => {
      if (run === id && state === 'stopped' && stop.reason === null) stop.stop({ kind: 'user' });
    });
    await engine.putBlob(bundle, code);
    await engine.announce(announced);
    let end: number;
    try {
      await this.#coordinate();
      end = Date.now();
    } finally {
      await within(FORGET, this.#end());
    }
    return { wallMs: end - this.#begun, workers: this.#book.facts(end) };
  }

  /** Takes chunks back in which nobody wants any item. */
  async drop(isWanted: (item: unknown) => boolean): Promise<void> {
    const unwanted = this.#out.drop(isWanted);
    const { engine, announced } = this.#options;
    await engine.drop(
      announced.announcement.id,
      unwanted.map(({ id }) => id),
    );
  }

  async #end(): Promise<void> {
    const { engine, announced, stop } = this.#options;
    const { id } = announced.announcement;
    if (stop.reason !== null) {
      await engine.announce({ ...announced, state: 'stopped' });
      await this.#takeDone();
      await this.#takeOutput();
    }
    await engine.withdraw(id);
  }

  async #coordinate(): Promise<void> {
    const { stop, engine, announced } = this.#options;
    await using _guard = engine.guard(announced.announcement.id);
    for (;;) {
      if (stop.reason !== null) return;
      // A round is ended, but not waited for in vain.
      using forced = stop.untilForced();
      try {
        const more = await Promise.race([this.#round(), forced.promise]);
        if (this.#input.ended && this.#out.size === 0) return;
        if (more) continue;
      } catch (error) {
        if (error instanceof JobError) throw error;
        // A server that is not there comes back, or the user stops the run: the outcomes so far are safe.
        this.#options.feed.phase('running', message('the engine does not answer: {0}', text(error)));
      }
      const { idle = (ms: number) => sleep(ms, undefined, { signal: stop.requested }).catch(() => {}) } =
        this.#options;
      await idle(SWEEP);
    }
  }

  /** True when there may be more to do at once. */
  async #round(): Promise<boolean> {
    if (Date.now() - this.#reconciled > RECONCILE) {
      await this.#reconcile();
      this.#reconciled = Date.now();
    }
    await this.#fill();
    return await this.#sweep();
  }

  /** Sends chunks again that the server has lost: of those sent before `time`, in ms since the epoch; most come back before they are asked for. */
  async #recover(time: number): Promise<void> {
    const { engine, announced } = this.#options;
    const { id } = announced.announcement;
    const lost = await engine.missing(id, this.#out.sentBefore(time));
    await engine.enqueue(
      id,
      lost.flatMap((each) => this.#out.get(each) ?? []).map((chunk) => this.#chunk(chunk)),
    );
    this.#recovered = Date.now();
  }

  /** Says everything again that a server may have lost, and asks for the hosts. */
  async #reconcile(): Promise<void> {
    const { engine, announced, code, feed } = this.#options;
    const { id, bundle } = announced.announcement;
    const runs = await engine.announced();
    const known = runs.find(({ announcement }) => announcement.id === id);
    if (known?.state === 'stopped') {
      // A second request would not let running items end.
      if (this.#options.stop.reason === null) this.#options.stop.stop({ kind: 'user' });
      return;
    }
    if (known === undefined) {
      await engine.putBlob(bundle, code);
      await engine.announce(announced);
    }
    const now = Date.now();
    if (known === undefined) await this.#recover(now);
    else if (now - this.#recovered > RECOVER) await this.#recover(now - RECOVER);
    if (this.#input.ended) {
      const slow = this.#stragglers.among(this.#out.beside, this.#out.count);
      await engine.enqueue(
        id,
        slow.map((chunk) => this.#chunk(this.#out.twin(chunk))),
      );
    }
    this.#hosts = await engine.hosts();
    const taking = this.#hosts.filter(({ runs: taken }) => taken.includes(id));
    this.#book.hosts(taking);
    const declines = this.#hosts.flatMap(({ host, declines: all }) =>
      all[id] === undefined ? [] : [`${host}: ${all[id]}`],
    );
    if (taking.length > 0) feed.phase('running', hostsText(taking));
    else if (this.#hosts.length > 0 && declines.length === this.#hosts.length) {
      throw new JobError('ERR_MANYCORE_ENGINE', `Every host declines the run: ${declines.join('; ')}`, {
        exitCode: 3,
      });
    } else
      feed.phase('running', message('no host takes part yet: start one with manycore worker --engine URL'));
  }

  async #fill(): Promise<void> {
    const { engine, announced } = this.#options;
    const limit = Math.min(Math.max(1, this.#hosts.length) * SLOTS * AHEAD, MAX_OUT);
    const chunks: Chunk[] = [];
    let paused = false;
    while (this.#out.size < limit && !this.#input.ended && !paused) {
      const taken = await this.#input.take(this.#size.next(this.#input.left, this.#book.workers));
      paused = taken.paused;
      if (taken.items.length > 0) chunks.push(this.#chunk(this.#out.add(taken)));
    }
    await engine.enqueue(announced.announcement.id, chunks);
  }

  #chunk({ id, indices, items }: OutChunk): Chunk {
    return { id, payload: packChunk(items.map((item, at) => this.#pack(indices[at] as number, item))) };
  }

  /** True when there may be more at once. */
  async #sweep(): Promise<boolean> {
    const { engine, announced, collector } = this.#options;
    const { id } = announced.announcement;
    const { done, undone } = await engine.collect(id);
    await this.#keep(done);
    for (const chunk of undone) await this.#cut(chunk);
    await this.#takeOutput();
    collector.flush();
    await engine.remove(id, [...undone.map(({ chunk }) => chunk), ...this.#out.takeNeedless()]);
    return done.length + undone.length > 0;
  }

  /** All that hosts have finished by now. */
  async #takeDone(): Promise<void> {
    const { engine, announced } = this.#options;
    for (;;) {
      const { done } = await engine.collect(announced.announcement.id);
      if (done.length === 0) return;
      await this.#keep(done);
    }
  }

  /** On disk before the engine forgets it. */
  async #keep(done: readonly Receipt[]): Promise<void> {
    const { engine, announced, collector } = this.#options;
    for (const receipt of done) this.#take(receipt);
    collector.flush();
    await engine.acknowledge(
      announced.announcement.id,
      done.map(({ chunk }) => chunk),
    );
  }

  #take({ chunk, host, payload }: Receipt): void {
    const known = this.#out.done(chunk);
    if (known === undefined) return;
    this.#stragglers.ended(Date.now() - known.sent);
    const { collector, stop } = this.#options;
    for (const packed of unpackRecords(payload)) {
      const record = unpackRecord(packed);
      collector.add(record, itemAt(known, record.index), this.#book.worker(host, record.pid));
      this.#size.measured(record.ms);
      if (!record.ok && stop.reason === null) this.#checkErrors();
    }
  }

  async #takeOutput(): Promise<void> {
    const { engine, announced, onOutput } = this.#options;
    if (onOutput === undefined) return;
    for (const { host, lines, dropped } of await engine.told(announced.announcement.id)) {
      for (const { pid, stream, text: printed, count, time } of lines) {
        const worker = this.#book.worker(host, pid);
        worker.lines += count;
        onOutput({ worker: worker.id, item: null, stream, bytes: Buffer.from(printed), count, time });
      }
      const last = lines.at(-1);
      if (dropped === 0 || last === undefined) continue;
      const worker = this.#book.worker(host, last.pid).id;
      const line = `(${dropped} more lines of ${host} came faster than they can be sent, and are left out)\n`;
      onOutput({ worker, item: null, stream: 'stderr', bytes: Buffer.from(line), count: 1, time: last.time });
    }
  }

  async #cut({ chunk, reason, begun }: Undone): Promise<void> {
    const { engine, announced, collector, plan } = this.#options;
    const known = this.#out.undone(chunk);
    if (known === undefined) return;
    const { id } = announced.announcement;
    const { indices, items } = known;
    if (items.length > 1) {
      const length = Math.ceil(items.length / PARTS);
      const parts = Array.from({ length: Math.ceil(items.length / length) }, (_, part) => {
        const [first, end] = [part * length, (part + 1) * length];
        return this.#out.add({ indices: indices.slice(first, end), items: items.slice(first, end) });
      });
      await engine.enqueue(
        id,
        parts.map((part) => this.#chunk(part)),
      );
      return;
    }
    // Another item beside it may have ended the host, or somebody did: only what does it alone, again, has failed.
    const tries = (known.tries ?? 0) + (begun ? 1 : 0);
    if (tries < MAX_TRIES) {
      await engine.enqueue(id, [this.#chunk(this.#out.add(known, tries))]);
      return;
    }
    const [index, item] = [indices[0] as number, items[0]];
    const error = {
      name: 'WorkerDiedError',
      message: `No host could finish this item: ${reason}`,
      code: 'ERR_MANYCORE_WORKER_DIED',
    };
    const key = itemKey(plan.functionHash, unpackItem(this.#pack(index, item)).text);
    collector.addLost({ index, item, key, error, worker: undefined, begin: Date.now(), ms: 0 });
    this.#checkErrors();
  }

  #checkErrors(): void {
    const { stop, collector } = this.#options;
    const { failed, done } = collector;
    if ('count' in this.#maxErrors) {
      if (failed >= this.#maxErrors.count)
        stop.stop({ kind: 'errors', text: message('{0} failed', formatCount(failed)) });
    } else if (done >= 20 && failed / done > this.#maxErrors.share) {
      const of = itemCount(done, message);
      stop.stop({ kind: 'errors', text: message('{0} of {1} failed', formatCount(failed), of) });
    }
  }
}

function hostsText(hosts: readonly HostReport[]): Message {
  const workers = hosts.reduce((sum, host) => sum + host.workers, 0);
  const machines = hosts.length === 1 ? message('1 host') : message('{0} hosts', formatCount(hosts.length));
  return message('{0}, {1}', machines, workerCount(workers, message));
}
