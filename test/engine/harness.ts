/** A real server, real hosts and real runs, each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureRedis } from '../../scripts/tools/redis.mjs';
import { within } from '../../src/engine/within.ts';
import { bundleCommand } from '../cli/bundle.ts';
import { FIXTURES } from '../job/harness.ts';
import type { Machine } from './network.ts';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  output(): string;
}

/** Where and how a command runs. */
export interface Place {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Default: this one. */
  readonly machine?: Machine;
}

/** All that a test starts is ended after it. */
export class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'manycore-engine-'));
  readonly #started: ChildProcess[] = [];
  readonly #servers = new Set<ChildProcess>();
  #command = '';
  #port = 0;
  #server: ChildProcess | undefined;
  #serverArgs: readonly string[] = [];

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async open(serverArgs: readonly string[] = ['--appendonly', 'no']): Promise<void> {
    await this.build();
    this.#port = await freePort();
    this.#serverArgs = serverArgs;
    await this.startServer();
  }

  /** The command, without a server. */
  async build(): Promise<void> {
    this.#command = await bundleCommand();
  }

  async startServer(): Promise<void> {
    const args = ['--port', String(this.#port), '--bind', '127.0.0.1', ...this.#serverArgs];
    this.#server = this.server(args).child;
    await until(() => canConnect(this.#port));
  }

  /** A server with these arguments. */
  server(args: readonly string[], machine?: Machine): Started {
    const all = ['--dir', this.folder, '--save', '', ...args];
    const server = this.#spawn(ensureRedis(), all, { ...(machine && { machine }), cwd: this.folder });
    this.#servers.add(server.child);
    return server;
  }

  async killServer(): Promise<void> {
    this.#server?.kill('SIGKILL');
    if (this.#server?.exitCode === null) await once(this.#server, 'exit');
  }

  host(args: readonly string[] = [], url = this.url, place: Place = {}): Started {
    return this.run(['worker', '--engine', url, '--workers', '1', ...args], place);
  }

  /** Hosts that have said that they wait. */
  async hosts(count: number): Promise<Started[]> {
    const hosts = Array.from({ length: count }, () => this.host());
    for (const host of hosts) await until(() => host.output().includes('waiting for runs'));
    return hosts;
  }

  /** Process that takes part: the one that was started stands guard over it. */
  pidOf(host: Started): number {
    return Number(/\/(\d+): waiting for runs/.exec(host.output())?.[1]);
  }

  /** The command with these arguments. */
  run(args: readonly string[], place: Place = {}): Started {
    const all = [join(this.#command, 'cli.js'), ...args];
    return this.#spawn(process.execPath, all, { cwd: FIXTURES, ...place });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    // The hosts before the server, without which they do not leave in good order.
    const others = this.#started.filter((child) => !this.#servers.has(child));
    for (const group of [others, [...this.#servers]]) {
      for (const child of group) child.kill('SIGTERM');
      const running = group.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      await within(15_000, Promise.all(running.map((child) => once(child, 'exit'))));
    }
    for (const child of this.#started) child.kill('SIGKILL');
    for (const folder of [this.folder, this.#command]) rmSync(folder, { recursive: true, force: true });
  }

  #spawn(file: string, args: readonly string[], { cwd, machine, env: more }: Place): Started {
    const env = { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: this.folder, ...more };
    const [program, all] = machine?.command(file, args) ?? [file, args];
    const child = spawn(program, all, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, output }));
    return { child, ended, output: () => output };
  }
}

/** Waits for a condition, half a minute at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never came true: ${holds}`);
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
