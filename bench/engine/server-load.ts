/** Connections, memory and CPU of a Redis while something goes on. */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Chunks a second, all hosts together. */
export const RATE = 834;
/** Chunks that a host holds at a time. */
export const WIDTH = 2;
/** Time in ms between two looks of whoever sends chunks. */
export const SWEEP = 250;
/** Times in ms before something is measured, and for which it is. */
export const WARM_UP = 4000;
const MEASURED = 10_000;

interface Figures {
  /** Bytes. */
  readonly memory: number;
  readonly clients: number;
  /** Seconds. */
  readonly cpu: number;
}

export class ServerLoad {
  readonly #redis: Redis;
  readonly #before: Figures;

  private constructor(redis: Redis, before: Figures) {
    this.#redis = redis;
    this.#before = before;
  }

  static async of(url: string): Promise<ServerLoad> {
    const redis = new Redis(url);
    return new ServerLoad(redis, await figuresOf(redis));
  }

  /** What has come since this was made. */
  async sayWhatIsHeld(what: string): Promise<void> {
    const { clients, memory } = await figuresOf(this.#redis);
    const more = megabytes(memory - this.#before.memory);
    console.log(`${what}: ${clients - this.#before.clients} connections, ${more} more in Redis`);
  }

  /** Prints what the server needs for a while, and the rate at which `done` grows. */
  async measure(what: string, done: () => number): Promise<void> {
    const [from, begin, first] = [await figuresOf(this.#redis), performance.now(), done()];
    await sleep(MEASURED);
    const [to, seconds] = [await figuresOf(this.#redis), (performance.now() - begin) / 1000];
    const share = (((to.cpu - from.cpu) / seconds) * 100).toFixed(1);
    const rate = Math.round((done() - first) / seconds);
    const line = `${share.padStart(5)} % of one core of Redis, ${rate} chunks/s, ${megabytes(to.memory)}`;
    console.log(`  ${what.padEnd(26)} ${line}   load ${load()}`);
  }
}

async function figuresOf(redis: Redis): Promise<Figures> {
  const text = await redis.info();
  const of = (field: string): number => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(text)?.[1]);
  return {
    memory: of('used_memory'),
    clients: of('connected_clients'),
    cpu: of('used_cpu_user') + of('used_cpu_sys'),
  };
}

export function load(): string {
  return (loadavg()[0] ?? Number.NaN).toFixed(1);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
