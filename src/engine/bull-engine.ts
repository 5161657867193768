/** BullMQ on Redis or Valkey: one queue for each run, and beside it what `keys.ts` names. */

import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { checkAddress, isLoopback } from './address.ts';
import { BullLease, type ChunkData } from './bull-lease.ts';
import { passiveWorker } from './bull-worker.ts';
import { packed, unpacked } from './compression.ts';
import { checkServer, connect } from './connection.ts';
import { unpackDone } from './done.ts';
import { Ear } from './ear.ts';
import {
  ALONE,
  type AnnouncedRun,
  type Chunk,
  type Engine,
  type HostReport,
  type Lease,
  type OutputBatch,
  type Receipt,
  type RunState,
  type SignedAnnouncement,
  type TakeChunk,
  type Undone,
} from './engine.ts';
import * as keys from './keys.ts';
import { type Libraries, loadLibraries } from './libraries.ts';
import { defineScripts } from './scripts.ts';
import { within } from './within.ts';

/** Time in ms after which a host that says nothing counts as gone. */
const HOST_LIFE = 15_000;
/** Ended chunks that are looked at in one go, more or less. */
const SWEEP = 200;
/** Time in ms after which the clock of the server is read again. */
const CLOCK_LIFE = 60_000;
/** Time in ms for what is closed. */
const CLOSE = 3000;
/** Batches of output that are kept while nobody takes them. */
const MAX_TOLD = 64;
/** Items of a chunk that take no more than this, in bytes, lie with its job: the host need not ask for them. */
const BESIDE = 4096;
/** Nobody reads the events of a queue. */
const MAX_EVENTS = 100;
/** Time in ms between two looks for chunks whose hosts are gone. */
const STALL_CHECK = 5000;
/** Hosts that a chunk may end before it counts as undone: the coordinator knows better what to do with it. */
const MAX_STALLS = 0;
/** What hosts are told when there is something to give up. */
const DROPPED = 'dropped';
/** Time in s in which they have looked what that is. */
const DROPPED_LIFE = 60;
const BELLS = keys.bellKey('');

export class BullEngine implements Engine {
  readonly #libraries: Libraries;
  readonly #redis: Redis;
  readonly #url: URL;
  readonly #queues = new Map<string, Queue<ChunkData>>();
  readonly #leases = new Set<BullLease>();
  #ear: Ear | undefined;
  /** How far the clock of the server is ahead of this one, and when that was read, in ms. */
  #clock = { ahead: 0, read: 0 };
  /** What is allowed and may lose a run. */
  readonly warnings: readonly string[];

  private constructor(libraries: Libraries, url: URL, warnings: readonly string[]) {
    this.warnings = warnings;
    this.#libraries = libraries;
    this.#url = url;
    this.#redis = connect(libraries, url, {});
    defineScripts(this.#redis);
  }

  /**
   * Loads the libraries and reaches the server. Throws a `JobError` that says what is missing.
   * @param cwd folder of the run, where the libraries are looked for first
   */
  static async open(address: string, cwd = process.cwd()): Promise<BullEngine> {
    const url = checkAddress(address);
    const loaded = await loadLibraries(cwd);
    return new BullEngine(loaded, url, await checkServer(loaded, url));
  }

  async putBlob(hash: string, bytes: Uint8Array): Promise<void> {
    await this.#redis.set(keys.blobKey(hash), Buffer.from(bytes), 'EX', keys.LIFE);
  }

  getBlob(hash: string): Promise<Uint8Array | null> {
    return this.#redis.getBuffer(keys.blobKey(hash));
  }

  async announce(run: AnnouncedRun): Promise<void> {
    const { id } = run.announcement;
    await this.#redis.hset(keys.RUNS, id, JSON.stringify(run));
    await this.#redis.mcRing(keys.HOSTS, BELLS, `${run.state} ${id}`, id);
  }

  watch(name: string, onNews: (run: string, state: RunState) => void): Disposable {
    const [ear, bell] = [this.#listening(), keys.bellKey(name)];
    ear.hear(bell, (news) => {
      const [state, run] = news?.split(' ') ?? [];
      if (run === undefined) return;
      if (state === DROPPED) for (const lease of this.#leases) void lease.giveUp(run);
      else onNews(run, state as RunState);
    });
    return { [Symbol.dispose]: () => void ear.ignore(bell) };
  }

  async announced(): Promise<readonly AnnouncedRun[]> {
    return (await this.#redis.hvals(keys.RUNS)).flatMap((line) => parsed<AnnouncedRun>(line));
  }

  async withdraw(run: string): Promise<void> {
    await this.#redis.hdel(keys.RUNS, run);
    await this.#queue(run).obliterate({ force: true });
    for await (const found of this.#redis.scanStream({ match: `${keys.runKeys(run)}*`, count: 1000 })) {
      if (found.length > 0) await this.#redis.unlink(...(found as string[]));
    }
    await this.#redis.unlink(keys.bellKey(run));
    await this.#redis.mcRing(keys.HOSTS, BELLS, `over ${run}`, '');
  }

  async enqueue(run: string, chunks: readonly Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const pipeline = this.#redis.pipeline();
    const payloads = await Promise.all(chunks.map(({ payload }) => this.#packed(payload)));
    const opts = { removeOnComplete: true };
    const jobs = chunks.map(({ id }, index) => {
      const payload = payloads[index] as Buffer;
      const lies = payload.length <= BESIDE;
      if (!lies) pipeline.set(keys.inputKey(run, id), payload, 'EX', keys.LIFE);
      const data: ChunkData = lies ? { items: payload.toString('base64') } : {};
      return { name: 'chunk', data, opts: { ...opts, jobId: id } };
    });
    if (pipeline.length > 0) await pipeline.exec();
    await this.#queue(run).addBulk(jobs);
  }

  guard(run: string): AsyncDisposable {
    const worker = passiveWorker(this.#libraries, this.#redis, run, {
      stalledInterval: STALL_CHECK,
      maxStalledCount: MAX_STALLS,
    });
    void worker.startStalledCheckTimer();
    return { [Symbol.asyncDispose]: () => within(CLOSE, worker.close(true)).then(() => {}) };
  }

  async collect(
    run: string,
  ): Promise<{ readonly done: readonly Receipt[]; readonly undone: readonly Undone[] }> {
    const [failed, done] = await Promise.all([this.#queue(run).getFailed(0, SWEEP - 1), this.#done(run)]);
    const ended = failed.filter((job) => job?.id !== undefined);
    const alone = ended.map(({ id }) => id as string).filter((id) => id.startsWith(ALONE));
    const begun = new Set<string>();
    if (alone.length > 0) {
      const told = await this.#redis.mget(alone.map((id) => keys.begunKey(run, id)));
      for (const [index, id] of alone.entries()) if (told[index] !== null) begun.add(id);
    }
    return {
      done,
      undone: ended.map(({ id, failedReason }) => ({
        chunk: id as string,
        reason: failedReason ?? '',
        begun: begun.has(id as string),
      })),
    };
  }

  async acknowledge(run: string, chunks: readonly string[]): Promise<void> {
    if (chunks.length > 0) await this.#redis.hdel(keys.doneKey(run), ...chunks);
  }

  async remove(run: string, chunks: readonly string[]): Promise<void> {
    if (chunks.length > 0) await this.#takeBack(run, chunks);
  }

  async drop(run: string, chunks: readonly string[]): Promise<void> {
    if (chunks.length === 0) return;
    const begun = await this.#takeBack(run, chunks);
    if (begun.length === 0) return;
    const dropped = keys.droppedKey(run);
    await this.#redis
      .multi()
      .sadd(dropped, ...begun)
      .expire(dropped, DROPPED_LIFE)
      .exec();
    await this.#redis.mcRing(keys.HOSTS, BELLS, `${DROPPED} ${run}`, '');
  }

  async missing(run: string, chunks: readonly string[]): Promise<readonly string[]> {
    const pipeline = this.#redis.pipeline();
    // In this order: a chunk is done before its job is gone.
    for (const id of chunks) pipeline.exists(keys.queueKey(run, id));
    for (const id of chunks) pipeline.hexists(keys.doneKey(run), id);
    const answers = (await pipeline.exec()) ?? [];
    const isThere = (index: number) => answers[index]?.[1] === 1;
    return chunks.filter((_, index) => !isThere(index) && !isThere(index + chunks.length));
  }

  async tell(run: string, batch: OutputBatch): Promise<void> {
    await this.#redis.mcKeepOutput(keys.RUNS, keys.outputKey(run), run, JSON.stringify(batch), MAX_TOLD);
  }

  async told(run: string): Promise<readonly OutputBatch[]> {
    const lines = (await this.#redis.lpop(keys.outputKey(run), MAX_TOLD)) ?? [];
    return lines.flatMap((line) => parsed<OutputBatch>(line));
  }

  async report(host: Omit<HostReport, 'time'>): Promise<readonly AnnouncedRun[]> {
    const report: HostReport = { ...host, time: await this.#now() };
    const answers = await this.#redis
      .pipeline()
      .hset(keys.HOSTS, host.host, JSON.stringify(report))
      .hvals(keys.RUNS)
      .exec();
    const [error, runs] = answers?.[1] ?? [];
    if (!Array.isArray(runs)) throw error ?? new Error('The server gave no answer');
    return runs.flatMap((line) => parsed<AnnouncedRun>(line));
  }

  async hosts(): Promise<readonly HostReport[]> {
    const all = Object.entries(await this.#redis.hgetall(keys.HOSTS));
    const reports = all.flatMap(([, line]) => parsed<HostReport>(line));
    const now = await this.#now();
    const gone = reports.filter(({ time }) => now - time > HOST_LIFE).map(({ host }) => host);
    if (gone.length > 0) await this.#redis.hdel(keys.HOSTS, ...gone);
    return reports.filter(({ host }) => !gone.includes(host));
  }

  async lease(run: string, host: string, width: number, take: TakeChunk): Promise<Lease> {
    const lease = new BullLease({
      libraries: this.#libraries,
      redis: this.#redis,
      ear: this.#listening(),
      ...{ run, host, width, take },
      pack: (payload) => this.#packed(payload),
      onEnd: () => this.#leases.delete(lease),
    });
    this.#leases.add(lease);
    return lease;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(CLOSE, Promise.all([...this.#queues.values()].map((queue) => queue.close())));
    this.#ear?.[Symbol.dispose]();
    this.#redis.disconnect();
  }

  /** Gives those that a host holds. */
  async #takeBack(run: string, chunks: readonly string[]): Promise<string[]> {
    const queue = this.#queue(run);
    const removed = await Promise.all(chunks.map((id) => queue.remove(id)));
    await this.#redis.unlink(
      ...chunks.flatMap((id) => [
        keys.inputKey(run, id),
        ...(id.startsWith(ALONE) ? [keys.begunKey(run, id)] : []),
      ]),
    );
    return chunks.filter((_, index) => removed[index] === 0);
  }

  /** Some that are done. */
  async #done(run: string): Promise<Receipt[]> {
    const found: Promise<Receipt>[] = [];
    let cursor = '0';
    do {
      const [next, fields] = await this.#redis.hscanBuffer(keys.doneKey(run), cursor, 'COUNT', SWEEP);
      cursor = next.toString();
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const { host, rest } = unpackDone(fields[i + 1] as Buffer);
        const chunk = (fields[i] as Buffer).toString();
        found.push(unpacked(rest).then((payload) => ({ chunk, host, payload })));
      }
      // Much that was taken out leaves gaps.
    } while (found.length === 0 && cursor !== '0');
    return Promise.all(found);
  }

  /** One connection waits for all that is heard here. */
  #listening(): Ear {
    this.#ear ??= new Ear(connect(this.#libraries, this.#url, {}), this.#redis);
    return this.#ear;
  }

  /** Nothing is saved by making it smaller where it does not leave this machine. */
  #packed(payload: Uint8Array): Promise<Buffer> {
    return packed(payload, { compressed: !isLoopback(this.#url) });
  }

  /** Time of the server in ms since the epoch: the clocks of hosts may differ. */
  async #now(): Promise<number> {
    if (Date.now() - this.#clock.read > CLOCK_LIFE) {
      const [seconds, micros] = await this.#redis.time();
      const now = Date.now();
      this.#clock = { ahead: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) - now, read: now };
    }
    return Date.now() + this.#clock.ahead;
  }

  #queue(run: string): Queue<ChunkData> {
    let queue = this.#queues.get(run);
    if (queue === undefined) {
      queue = new this.#libraries.bullmq.Queue<ChunkData>(keys.queueName(run), {
        connection: this.#redis,
        prefix: keys.PREFIX,
        streams: { events: { maxLen: MAX_EVENTS } },
      });
      queue.on('error', () => {});
      this.#queues.set(run, queue);
    }
    return queue;
  }
}

function parsed<T extends SignedAnnouncement | HostReport | OutputBatch>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
