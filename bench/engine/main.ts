/**
 * What an engine costs, on one machine: `npm run bench -- --only engine [ITEMS] [HOSTS]`.
 *
 * First as many short items by the local pool and by two hosts of one worker each on a real Redis, in turns, in chunks that adapt;
 * then so many simulated hosts against one Redis: connections, memory and CPU of the server; before them as many bare workers of BullMQ,
 * whose chunks have no items and no outcome. Figures are of this machine at this load, which is printed beside them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureRedis } from '../../scripts/tools/redis.mjs';
import { load } from './server-load.ts';

const ITEMS = Number(process.argv[2] ?? 1_000_000);
const HOSTS = Number(process.argv[3] ?? 1000);
const ROUNDS = 3;
const root = new URL('../../', import.meta.url).pathname;
const cli = join(root, 'runtime/dist/cli.js');
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

/** By processes of their own: what they hold open ends with them. */
async function manyHosts(url: string): Promise<void> {
  for (const kind of ['bullmq', 'hosts']) {
    const file = new URL(`./${kind}.ts`, import.meta.url).pathname;
    const measuring = spawn(process.execPath, ['--import', 'tsx', file, url, String(HOSTS)], {
      cwd: root,
      stdio: 'inherit',
    });
    children.push(measuring);
    const [code] = await once(measuring, 'exit');
    if (code !== 0) throw new Error(`${kind} ended with ${code}`);
  }
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
