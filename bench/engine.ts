/**
 * What an engine costs, on one machine: `npm run bench -- --only engine [ITEMS] [HOSTS]`.
 *
 * First as many short items by the local pool and by two hosts of one worker each on a real Redis, in turns, in chunks that adapt;
 * then so many simulated hosts (each with the connections and the lease of a real one, without workers) against one Redis:
 * connections, memory and CPU of the server. Figures are of this machine at this load, which is printed beside them.
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
/** Chunks for the simulated hosts, and how many a second. */
const CHUNKS = 8340;
const RATE = 834;

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
  const engines: BullEngine[] = [];
  const run = 'rbench';
  for (let i = 0; i < HOSTS; i++) {
    const engine = await BullEngine.open(url);
    engines.push(engine);
    await engine.lease(run, `host-${i}`, 2, async (_, payload) => payload);
  }
  const idle = await info();
  console.log(
    `${HOSTS} simulated hosts: ${idle.clients - before.clients} connections, ${((idle.memory - before.memory) / 1e6).toFixed(0)} MB more in Redis`,
  );
  const waiting = await cpuShare(info, () => sleep(10_000));
  console.log(`waiting: ${percent(waiting)} of one core of Redis   load ${load()}`);
  const coordinator = await BullEngine.open(url);
  const busy = await cpuShare(info, () => keepUp(coordinator, run));
  console.log(
    `${RATE} chunks/s: ${percent(busy)} of one core of Redis, ${((await info()).memory / 1e6).toFixed(0)} MB   load ${load()}`,
  );
  redis.disconnect();
  // Their connections end with this process: closing each in good order would take longer than all of the above.
}

/** Sends chunks at a steady rate, and takes what comes back, until all have. */
async function keepUp(coordinator: BullEngine, run: string): Promise<void> {
  const begin = performance.now();
  for (let sent = 0, done = 0; done < CHUNKS; ) {
    const due = Math.min(CHUNKS, Math.floor(((performance.now() - begin) / 1000) * RATE));
    const chunks = Array.from({ length: due - sent }, (_, i) => ({
      id: `c${sent + i}`,
      payload: Buffer.alloc(200),
    }));
    sent = due;
    await coordinator.enqueue(run, chunks);
    const collected = await coordinator.collect(run);
    await coordinator.remove(
      run,
      collected.done.map(({ chunk }) => chunk),
    );
    done += collected.done.length;
    await sleep(50);
  }
}

async function cpuShare(
  info: () => Promise<{ readonly cpu: number }>,
  body: () => Promise<unknown>,
): Promise<number> {
  const [{ cpu }, begin] = [await info(), performance.now()];
  await body();
  return ((await info()).cpu - cpu) / ((performance.now() - begin) / 1000);
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
