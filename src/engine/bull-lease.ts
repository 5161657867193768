import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { passiveWorker } from './bull-worker.ts';
import { unpacked } from './compression.ts';
import { packDone } from './done.ts';
import type { Ear } from './ear.ts';
import type { Lease, TakeChunk } from './engine.ts';
import { begunKey, doneKey, droppedKey, inputKey, LIFE, queueKey, RUNS } from './keys.ts';
import type { Libraries } from './libraries.ts';
import { within } from './within.ts';

/** How long a host holds a chunk without a sign of life, in ms. */
const LOCK = 10_000;
/** Time in ms between two signs of life for a chunk. */
const RENEW = LOCK / 2;
/** Time in ms for chunks that are given back. */
const GIVE_BACK = 3000;

/** What lies with the job of a chunk. */
export interface ChunkData {
  /** Its items in base64, unless they lie beside. */
  readonly items?: string;
}

interface LeaseOptions {
  readonly libraries: Libraries;
  readonly redis: Redis;
  readonly ear: Ear;
  readonly run: string;
  readonly host: string;
  readonly width: number;
  readonly take: TakeChunk;
  readonly pack: (payload: Uint8Array) => Promise<Buffer>;
  readonly onEnd: () => void;
}

/** A chunk that this host holds. */
interface Held {
  readonly token: string;
  /** ms since the epoch. */
  renewed: number;
  readonly ended: Promise<void>;
  readonly dropped: AbortController;
}

/**
 * Takes chunks out of BullMQ's queue of a run. Not by the loop of BullMQ's worker: that one has a connection to wait by for each run,
 * and asks for the next chunk in vain once or twice for each that it gets.
 */
export class BullLease implements Lease {
  readonly run: string;
  readonly #options: LeaseOptions;
  readonly #worker: Worker<ChunkData, string>;
  readonly #marker: string;
  readonly #held = new Map<string, Held>();
  readonly #renewal: NodeJS.Timeout;
  /** The question for a chunk that is under way. */
  #asking: Promise<void> = Promise.resolve();
  #tokens = 0;
  #leaving = false;

  constructor(options: LeaseOptions) {
    const { libraries, redis, run, ear } = options;
    this.#options = options;
    this.run = run;
    this.#marker = queueKey(run, 'marker');
    this.#worker = passiveWorker(libraries, redis, run, { lockDuration: LOCK });
    this.#renewal = setInterval(() => void this.#renew(), RENEW / 2);
    ear.hear(this.#marker, () => this.#ask());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving = true;
    const { redis, run, ear, onEnd } = this.#options;
    onEnd();
    await within(GIVE_BACK, ear.ignore(this.#marker));
    await within(GIVE_BACK, this.#allGivenBack());
    clearInterval(this.#renewal);
    await within(GIVE_BACK, this.#worker.close(true));
    await within(GIVE_BACK, redis.mcPassOn(queueKey(run, 'id'), this.#marker));
  }

  /** What nobody wants any more, if this lease is of that run. */
  async giveUp(run: string): Promise<void> {
    if (run !== this.run) return;
    const { redis } = this.#options;
    const held = [...this.#held];
    const pipeline = redis.pipeline();
    for (const [id] of held) pipeline.sismember(droppedKey(run), id);
    // A chunk of which nothing is heard is done in vain.
    const answers = (await pipeline.exec().catch(() => null)) ?? [];
    for (const [index, [, { dropped }]] of held.entries()) if (answers[index]?.[1] === 1) dropped.abort();
  }

  async #allGivenBack(): Promise<void> {
    await this.#asking;
    // The end of one may bring another one.
    while (this.#held.size > 0) await Promise.all([...this.#held.values()].map(({ ended }) => ended));
  }

  /** Asks for one chunk. Whoever gets one rings for the next. */
  async #ask(): Promise<void> {
    if (this.#leaving || this.#held.size >= this.#options.width) return;
    const token = `${this.#worker.id}:${this.#tokens++}`;
    const asked = this.#worker.getNextJob(token, { block: false }).then((job) => {
      if (job !== undefined) this.#hold(job, token);
    });
    this.#asking = asked.catch(() => {});
    await asked;
  }

  #hold(job: Job<ChunkData, string>, token: string): void {
    const { ear, width } = this.#options;
    const id = job.id as string;
    const dropped = new AbortController();
    const ended = this.#work(job, token, dropped.signal)
      // A lock that is lost, a run that is over: the coordinator sees it.
      .catch(() => undefined)
      .then((next) => {
        this.#held.delete(id);
        if (next !== undefined) this.#hold(next, token);
        else if (!this.#leaving) ear.hear(this.#marker, () => this.#ask());
      });
    this.#held.set(id, { token, renewed: Date.now(), ended, dropped });
    if (this.#held.size >= width) void ear.ignore(this.#marker);
  }

  /** Gives the next chunk, which comes with the end of this one. */
  async #work(
    job: Job<ChunkData, string>,
    token: string,
    dropped: AbortSignal,
  ): Promise<Job<ChunkData, string> | undefined> {
    const { redis, run, host } = this.#options;
    const { UnrecoverableError } = this.#libraries;
    const id = job.id as string;
    if (this.#leaving) {
      await job.moveToWait(token);
      return undefined;
    }
    // The host that held it is gone.
    if (job.deferredFailure)
      return this.#next(await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, true));
    let done: Buffer;
    try {
      done = packDone(host, await this.#outcomes(job, dropped));
    } catch (error) {
      if (!this.#leaving) return this.#next(await job.moveToFailed(error as Error, token, true));
      await job.moveToWait(token);
      return undefined;
    }
    // In one packet: the server has half the work. Should the first one fail, the coordinator misses the chunk.
    const { stream } = redis;
    stream.cork();
    setImmediate(() => stream.uncork());
    redis.hset(doneKey(run), id, done).catch(() => {});
    if (job.data.items === undefined) redis.unlink(inputKey(run, id)).catch(() => {});
    try {
      return this.#next(await job.moveToCompleted('', token, !this.#leaving));
    } catch (error) {
      // Of a run that is over nothing stays.
      if (!(await redis.hexists(RUNS, run))) await redis.hdel(doneKey(run), id);
      throw error;
    }
  }

  async #outcomes(job: Job<ChunkData, string>, dropped: AbortSignal): Promise<Buffer> {
    const { redis, run, take, pack } = this.#options;
    const id = job.id as string;
    const { items } = job.data;
    const sent =
      items === undefined ? await redis.getBuffer(inputKey(run, id)) : Buffer.from(items, 'base64');
    if (sent === null) throw new Error('Its items are gone');
    const begin = async (): Promise<void> => {
      await redis.set(begunKey(run, id), '1', 'EX', LIFE);
    };
    return pack(await take(id, await unpacked(sent), begin, dropped));
  }

  #next(found: unknown): Job<ChunkData, string> | undefined {
    const [data, id] = (found ?? []) as unknown[];
    return data ? this.#libraries.Job.fromJSON(this.#worker, data as never, id as string) : undefined;
  }

  async #renew(): Promise<void> {
    const now = Date.now();
    const old = [...this.#held].filter(([, { renewed }]) => now - renewed >= RENEW);
    if (old.length === 0) return;
    for (const [, held] of old) held.renewed = now;
    const [ids, tokens] = [old.map(([id]) => id), old.map(([, { token }]) => token)];
    await this.#worker.extendJobLocks(ids, tokens, LOCK).catch(() => {});
  }

  get #libraries(): Libraries['bullmq'] {
    return this.#options.libraries.bullmq;
  }
}
