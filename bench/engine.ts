/**
 * What an engine costs, on one machine: `npm run bench -- --only engine [ITEMS] [HOSTS]`.
 *
 * First as many short items by the local pool and by two hosts of one worker each on a real Redis, in turns, in chunks that adapt;
 * then so many simulated hosts against one Redis: connections, memory and CPU of the server. Each has the connections, the lease and the
 * signs of life of a real one, but sleeps instead of working. Figures are of this machine at this load, which is printed beside them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { ensureRedis } from '../scripts/tools/redis.mjs';
import { BullEngine } from '../src/engine/bull-engine.ts';

const ITEMS = Number(process.argv[2] ?? 1_000_000);
const HOSTS = Number(process.argv[3] ?? 1000);
const ROUNDS = 3;
/** Chunks a second for the simulated hosts, and for how long, in ms. */
const RATE = 834;
const MEASURED = 10_000;
const WARM_UP = 4000;
/** Chunks of a host at a time. */
const WIDTH = 2;
/** Times in ms between two looks of the coordinator, at what has ended, at the hosts, and for what is lost. */
const SWEEP = 250;
const LOOK = 2000;
const RECOVER = 5000;
/** Time in ms between two signs of life of a host. */
const SIGN_OF_LIFE = 3000;

/** Sends chunks and takes what comes of them, as that of a run does, until its end. */
class Coordinator {
  readonly #engine: BullEngine;
  readonly #run: string;
  readonly #out = new Set<string>();
  readonly #ended: Promise<void>;
  #isEnding = false;
  done = 0;

  /** `ahead`: chunks that are out at a time; null for `RATE` a second, whatever comes of them. */
  constructor(engine: BullEngine, run: string, ahead: number | null) {
    this.#engine = engine;
    this.#run = run;
    this.#ended = this.#coordinate(ahead);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#ended;
  }

  async #coordinate(ahead: number | null): Promise<void> {
    const [engine, run, begin] = [this.#engine, this.#run, performance.now()];
    for (let sent = 0, looked = 0, recovered = begin; !this.#isEnding || this.#out.size > 0; ) {
      const due = ahead ?? Math.floor(((performance.now() - begin) / 1000) * RATE) - this.done;
      const count = this.#isEnding ? 0 : Math.max(0, due - this.#out.size);
      const chunks = Array.from({ length: count }, () => ({
        id: `c${begin.toFixed(0)}-${sent++}`,
        payload: Buffer.alloc(200),
      }));
      for (const { id } of chunks) this.#out.add(id);
      await engine.enqueue(run, chunks);
      const { done } = await engine.collect(run);
      for (const { chunk } of done) if (this.#out.delete(chunk)) this.done++;
      await engine.told(run);
      await engine.acknowledge(
        run,
        done.map(({ chunk }) => chunk),
      );
      if (performance.now() - looked > LOOK) {
        looked = performance.now();
        await engine.hosts();
      }
      if (performance.now() - recovered > RECOVER) {
        recovered = performance.now();
        const missing = await engine.missing(run, [...this.#out]);
        if (missing.length > 0) throw new Error(`${missing.length} chunks are missing`);
      }
      if (done.length === 0) await sleep(ahead === null ? SWEEP / 5 : SWEEP);
    }
  }
}

const cli = new URL('../runtime/dist/cli.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'manycore-bench-engine-'));
const children: ChildProcess[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => end().then(() => process.exit(130)));

try {
  const url = await startRedis();
  await throughput(url);
  await manyHosts(url);
} finally {
  await end();
  // What the simulated hosts hold open.
  setImmediate(() => process.exit());
}

async function throughput(url: string): Promise<void> {
  writeFileSync(join(folder, 'short.mjs'), 'export const next = (n) => n + 1;\n');
  for (let i = 0; i < 2; i++) {
    const host = start(process.execPath, [cli, 'worker', '--engine', url, '--workers', '1']);
    await says(host, 'waiting for runs');
  }
  const rates: Record<'local' | 'hosts', number[]> = { local: [], hosts: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['local', 'hosts'] as const) {
      const rate = await itemsPerSecond(`${kind}-${round}`, kind === 'hosts' ? url : undefined);
      rates[kind].push(rate);
      console.log(`${kind.padEnd(6)} ${Math.round(rate / 1000)} k items/s   load ${load()}`);
    }
  }
  const ratio = median(rates.hosts) / median(rates.local);
  console.log(`two hosts / local pool of two, medians of ${ROUNDS}: ${ratio.toFixed(2)} (goal 0.7)`);
  for (const host of children.splice(1)) {
    host.kill('SIGTERM');
    await once(host, 'exit');
  }
}

/** By the built command, as a user runs it. */
async function itemsPerSecond(name: string, engine: string | undefined): Promise<number> {
  const args = ['run', 'short.mjs#next', '--data', `range:0:${ITEMS}`, '--run-dir', name, '--workers', '2'];
  const more = engine === undefined ? [] : ['--engine', engine];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, ...args, ...more, '--baseline', 'off', '--json'],
    { cwd: folder },
  );
  const { succeeded, wallMs } = JSON.parse(stdout) as { succeeded: number; wallMs: number };
  if (succeeded !== ITEMS) throw new Error(`${ITEMS - succeeded} items are missing`);
  rmSync(join(folder, name), { recursive: true });
  return ITEMS / (wallMs / 1000);
}

async function manyHosts(url: string): Promise<void> {
  const redis = new Redis(url);
  const info = async (): Promise<{ memory: number; clients: number; cpu: number }> => {
    const text = await redis.info();
    const of = (field: string): number => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(text)?.[1]);
    return {
      memory: of('used_memory'),
      clients: of('connected_clients'),
      cpu: of('used_cpu_user') + of('used_cpu_sys'),
    };
  };
  const before = await info();
  const run = 'rbench';
  // Time in ms that a chunk takes on its host, on the average.
  const work = { ms: 0 };
  const takeTime = (): Promise<unknown> =>
    work.ms === 0 ? Promise.resolve() : sleep(work.ms * (0.5 + Math.random()));
  for (let i = 0; i < HOSTS; i++) {
    const engine = await BullEngine.open(url);
    const host = `host-${i}`;
    engine.watch(host, () => {});
    const report = () =>
      engine.report({ host, workers: 1, node: process.version, declines: {}, runs: [run] });
    await report();
    setInterval(report, SIGN_OF_LIFE);
    await engine.lease(run, host, WIDTH, async (_, payload) => takeTime().then(() => payload));
  }
  await sleep(WARM_UP);
  const idle = await info();
  console.log(
    `${HOSTS} simulated hosts: ${idle.clients - before.clients} connections, ${((idle.memory - before.memory) / 1e6).toFixed(0)} MB more in Redis`,
  );
  const coordinator = await BullEngine.open(url);
  await using _guard = coordinator.guard(run);
  const measure = async (what: string, chunks: () => number): Promise<void> => {
    const [from, begin, done] = [await info(), performance.now(), chunks()];
    await sleep(MEASURED);
    const [to, seconds] = [await info(), (performance.now() - begin) / 1000];
    const share = percent((to.cpu - from.cpu) / seconds);
    const rate = Math.round((chunks() - done) / seconds);
    console.log(
      `${what}: ${share} of one core of Redis, ${rate} chunks/s, ${(to.memory / 1e6).toFixed(0)} MB   load ${load()}`,
    );
  };
  await measure('hosts that wait', () => 0);
  for (const [what, ms, ahead] of [
    // As many as they can hold, and as many more that wait.
    ['hosts that are never without a chunk', (HOSTS * WIDTH * 1000) / RATE, HOSTS * WIDTH * 2],
    ['hosts that wait for each chunk', 0, null],
  ] as const) {
    work.ms = ms;
    const coordination = new Coordinator(coordinator, run, ahead);
    await sleep(WARM_UP);
    await measure(what, () => coordination.done);
    await coordination.end();
  }
  redis.disconnect();
  // Their connections end with this process: closing each in good order would take longer than all of the above.
}

async function startRedis(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const redis = start(ensureRedis(), [...args, '--appendonly', 'yes', '--maxclients', '10000']);
  await says(redis, 'Ready to accept connections');
  return `redis://127.0.0.1:${port}`;
}

function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function says(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-10_000);
        if (output.includes(text)) resolve();
      });
    child.once('exit', () => reject(new Error(`ended before it said "${text}": ${output}`)));
  });
}

async function end(): Promise<void> {
  for (const child of children.splice(0).reverse()) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}

function load(): string {
  return (loadavg()[0] ?? Number.NaN).toFixed(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
