/**
 * BullMQ on Redis or Valkey. All keys begin with `mc:`, so that a user of the server can be limited to them.
 *
 *   mc:runs                 hash: id -> AnnouncedRun          mc:hosts   hash: host -> HostReport
 *   mc:blob:HASH            bundles                           mc:RUN:in:CHUNK, mc:RUN:out:CHUNK   payloads
 *   mc:news                 stream of what was announced             mc:RUN:begun:CHUNK   see `lease`
 *   mc:RUN:output           list of OutputBatch, the newest only
 *   mc:run-RUN:*            BullMQ's own, one queue for each run
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { checkAddress, isLoopback } from './address.ts';
import { packed, unpacked } from './compression.ts';
import { checkServer, connect } from './connection.ts';
import type {
  AnnouncedRun,
  Chunk,
  Engine,
  HostReport,
  Lease,
  OutputBatch,
  Receipt,
  RunState,
  SignedAnnouncement,
  Undone,
} from './engine.ts';
import { type Libraries, loadLibraries } from './libraries.ts';
import { within } from './within.ts';

const PREFIX = 'mc';
/** How long a host holds a chunk without a sign of life, in ms. */
const LOCK = 10_000;
const STALL_CHECK = 5000;
/** Hosts that a chunk may end before it counts as undone: the coordinator knows better what to do with it. */
const MAX_STALLS = 0;
/** Time in s after which what nobody fetched is forgotten: nobody is left to ask for it. */
const BLOB_LIFE = 7 * 24 * 3600;
/** Time in ms after which a host that says nothing counts as gone. */
const HOST_LIFE = 10_000;
/** Ended chunks that are looked at in one go. */
const SWEEP = 500;
/** Time in ms for chunks that are given back. */
const GIVE_BACK = 3000;
const NEWS = `${PREFIX}:news`;
/** A host that was away for long leaves nothing behind. */
const PUT_IF_WANTED =
  "if redis.call('exists', KEYS[1]) == 1 then redis.call('set', KEYS[2], ARGV[1], 'EX', ARGV[2]) end";

/** A run that is over gets no output any more. Keeps the newest. */
const TELL_IF_ANNOUNCED = `if redis.call('hexists', KEYS[1], ARGV[1]) == 1 then
  redis.call('rpush', KEYS[2], ARGV[2])
  redis.call('ltrim', KEYS[2], -tonumber(ARGV[3]), -1)
end`;
/** Batches of output that are kept while nobody takes them. */
const MAX_TOLD = 64;

const queueName = (run: string): string => `run-${run}`;
const blobKey = (hash: string): string => `${PREFIX}:blob:${hash}`;
const inKey = (run: string, chunk: string): string => `${PREFIX}:${run}:in:${chunk}`;
const begunKey = (run: string, chunk: string): string => `${PREFIX}:${run}:begun:${chunk}`;
const outputKey = (run: string): string => `${PREFIX}:${run}:output`;
const outKey = (run: string, chunk: string): string => `${PREFIX}:${run}:out:${chunk}`;

export class BullEngine implements Engine {
  readonly #libraries: Libraries;
  readonly #redis: Redis;
  readonly #url: URL;
  readonly #queues = new Map<string, Queue>();
  /** What is allowed and may lose a run. */
  readonly warnings: readonly string[];

  private constructor(libraries: Libraries, url: URL, warnings: readonly string[]) {
    this.warnings = warnings;
    this.#libraries = libraries;
    this.#url = url;
    this.#redis = connect(libraries, url, {});
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
    await this.#redis.set(blobKey(hash), Buffer.from(bytes), 'EX', BLOB_LIFE);
  }

  getBlob(hash: string): Promise<Uint8Array | null> {
    return this.#redis.getBuffer(blobKey(hash));
  }

  async announce(run: AnnouncedRun): Promise<void> {
    await this.#redis.hset(`${PREFIX}:runs`, run.announcement.id, JSON.stringify(run));
    await this.#tellNews(run.announcement.id, run.state);
  }

  watch(onNews: (run: string, state: RunState) => void): Disposable {
    // By a stream: a user who is limited to keys may not subscribe to channels.
    const redis = connect(this.#libraries, this.#url, { socketTimeout: undefined });
    let isOpen = true;
    const listen = async (): Promise<void> => {
      let last = (await redis.xrevrange(NEWS, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0';
      while (isOpen) {
        const [stream] = (await redis.xread('BLOCK', 5000, 'STREAMS', NEWS, last)) ?? [];
        for (const [id, fields] of stream?.[1] ?? []) {
          last = id;
          const [, run, , state] = fields;
          if (isOpen && run !== undefined) onNews(run, state as RunState);
        }
      }
    };
    const keepListening = async (): Promise<void> => {
      while (isOpen) await listen().catch(() => sleep(1000));
    };
    void keepListening();
    return {
      [Symbol.dispose]() {
        isOpen = false;
        redis.disconnect();
      },
    };
  }

  async announced(): Promise<readonly AnnouncedRun[]> {
    return Object.values(await this.#redis.hgetall(`${PREFIX}:runs`)).flatMap((line) =>
      parsed<AnnouncedRun>(line),
    );
  }

  async withdraw(run: string): Promise<void> {
    await this.#redis.hdel(`${PREFIX}:runs`, run);
    await this.#queue(run).obliterate({ force: true });
    for await (const keys of this.#redis.scanStream({ match: `${PREFIX}:${run}:*`, count: 1000 })) {
      if (keys.length > 0) await this.#redis.unlink(...(keys as string[]));
    }
    await this.#tellNews(run, 'over');
  }

  async enqueue(run: string, chunks: readonly Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const pipeline = this.#redis.pipeline();
    const payloads = await Promise.all(chunks.map(({ payload }) => this.#packed(payload)));
    for (const [i, { id }] of chunks.entries())
      pipeline.set(inKey(run, id), payloads[i] as Buffer, 'EX', BLOB_LIFE);
    await pipeline.exec();
    const opts = { attempts: 1, removeOnComplete: false, removeOnFail: false };
    await this.#queue(run).addBulk(
      chunks.map(({ id }) => ({ name: 'chunk', data: {}, opts: { ...opts, jobId: id } })),
    );
  }

  async collect(
    run: string,
  ): Promise<{ readonly done: readonly Receipt[]; readonly undone: readonly Undone[] }> {
    const queue = this.#queue(run);
    const [completed, failed] = await Promise.all([
      queue.getCompleted(0, SWEEP - 1),
      queue.getFailed(0, SWEEP - 1),
    ]);
    const receipts = completed.filter((job) => job?.id !== undefined);
    const pipeline = this.#redis.pipeline();
    for (const { id } of receipts) pipeline.getBuffer(outKey(run, id as string));
    const ended = failed.filter((job) => job?.id !== undefined);
    for (const { id } of ended) pipeline.exists(begunKey(run, id as string));
    const answers = (await pipeline.exec()) ?? [];
    const payloads = await Promise.all(
      receipts.map((_, index) => {
        const sent = answers[index]?.[1] as Buffer | null | undefined;
        return sent ? unpacked(sent) : null;
      }),
    );
    return {
      done: receipts.map((job, index) => ({
        chunk: job.id as string,
        host: String(job.returnvalue ?? ''),
        payload: payloads[index] ?? null,
      })),
      undone: ended.map((job, index) => ({
        chunk: job.id as string,
        reason: job.failedReason ?? '',
        begun: answers[receipts.length + index]?.[1] === 1,
      })),
    };
  }

  async remove(run: string, chunks: readonly string[]): Promise<void> {
    if (chunks.length === 0) return;
    const queue = this.#queue(run);
    await Promise.all(chunks.map((id) => queue.remove(id)));
    await this.#redis.unlink(...chunks.flatMap((id) => [inKey(run, id), outKey(run, id), begunKey(run, id)]));
  }

  async missing(run: string, chunks: readonly string[]): Promise<readonly string[]> {
    const pipeline = this.#redis.pipeline();
    for (const id of chunks) pipeline.exists(`${PREFIX}:${queueName(run)}:${id}`);
    for (const id of chunks) pipeline.exists(inKey(run, id));
    const answers = (await pipeline.exec()) ?? [];
    const isThere = (index: number) => answers[index]?.[1] === 1;
    return chunks.filter((_, index) => !(isThere(index) && isThere(index + chunks.length)));
  }

  async tell(run: string, batch: OutputBatch): Promise<void> {
    const keys = [`${PREFIX}:runs`, outputKey(run)];
    await this.#redis.eval(TELL_IF_ANNOUNCED, keys.length, ...keys, run, JSON.stringify(batch), MAX_TOLD);
  }

  async told(run: string): Promise<readonly OutputBatch[]> {
    const lines = (await this.#redis.lpop(outputKey(run), MAX_TOLD)) ?? [];
    return lines.flatMap((line) => parsed<OutputBatch>(line));
  }

  async report(host: HostReport): Promise<void> {
    // By the server's clock: those of hosts may differ.
    const report: HostReport = { ...host, time: await this.#now() };
    await this.#redis.hset(`${PREFIX}:hosts`, host.host, JSON.stringify(report));
  }

  async hosts(): Promise<readonly HostReport[]> {
    const all = Object.entries(await this.#redis.hgetall(`${PREFIX}:hosts`));
    const reports = all.flatMap(([, line]) => parsed<HostReport>(line));
    const now = await this.#now();
    const gone = reports.filter(({ time }) => now - time > HOST_LIFE).map(({ host }) => host);
    if (gone.length > 0) await this.#redis.hdel(`${PREFIX}:hosts`, ...gone);
    return reports.filter(({ host }) => !gone.includes(host));
  }

  async lease(
    run: string,
    host: string,
    width: number,
    take: (chunk: string, payload: Uint8Array, begin: () => Promise<void>) => Promise<Uint8Array>,
  ): Promise<Lease> {
    const { WaitingError } = this.#libraries.bullmq;
    const running = new Set<Promise<unknown>>();
    let leaving = false;
    const runChunk = async (id: string): Promise<string> => {
      const sent = await this.#redis.getBuffer(inKey(run, id));
      if (sent === null) throw new Error('Its items are gone');
      const payload = await unpacked(sent);
      const begin = async (): Promise<void> => {
        await this.#redis.set(begunKey(run, id), '1', 'EX', BLOB_LIFE);
      };
      const records = await this.#packed(await take(id, payload, begin));
      await this.#redis.eval(PUT_IF_WANTED, 2, inKey(run, id), outKey(run, id), records, BLOB_LIFE);
      return host;
    };
    const worker: Worker = new this.#libraries.bullmq.Worker(
      queueName(run),
      async (job, token) => {
        const result = runChunk(job.id ?? '').catch(async (error: unknown) => {
          if (!leaving) throw error;
          await job.moveToWait(token);
          throw new WaitingError();
        });
        running.add(result);
        try {
          return await result;
        } finally {
          running.delete(result);
        }
      },
      {
        // It opens one more for itself, to wait for chunks.
        connection: this.#redis,
        prefix: PREFIX,
        concurrency: width,
        lockDuration: LOCK,
        lockRenewTime: LOCK / 2,
        stalledInterval: STALL_CHECK,
        maxStalledCount: MAX_STALLS,
        drainDelay: 5,
      },
    );
    /** The look for stalled chunks leaves something of a queue that was removed before. */
    const forgetIfOver = async (): Promise<void> => {
      const queue = `${PREFIX}:${queueName(run)}`;
      if ((await this.#redis.exists(`${queue}:id`)) === 1) return;
      await this.#redis.unlink(`${queue}:meta`, `${queue}:stalled-check`);
    };
    // What it means for a chunk the coordinator sees: a lost lock, a server that restarts.
    worker.on('error', () => {});
    return {
      run,
      async [Symbol.asyncDispose]() {
        leaving = true;
        worker.pause(true).catch(() => {});
        await within(GIVE_BACK, Promise.allSettled(running));
        await within(GIVE_BACK, worker.close(true));
        await within(GIVE_BACK, forgetIfOver());
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(GIVE_BACK, Promise.all([...this.#queues.values()].map((queue) => queue.close())));
    this.#redis.disconnect();
  }

  async #tellNews(run: string, state: RunState): Promise<void> {
    await this.#redis.xadd(NEWS, 'MAXLEN', '~', 1000, '*', 'run', run, 'state', state);
  }

  /** Nothing is saved by making it smaller where it does not leave this machine. */
  #packed(payload: Uint8Array): Promise<Buffer> {
    return packed(payload, { compressed: !isLoopback(this.#url) });
  }

  /** Time of the server in ms since the epoch. */
  async #now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  #queue(run: string): Queue {
    let queue = this.#queues.get(run);
    if (queue === undefined) {
      queue = new this.#libraries.bullmq.Queue(queueName(run), { connection: this.#redis, prefix: PREFIX });
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
