/** What may happen to a run on an engine, each once. Each ends with the whole result, every item once. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullEngine } from '../../src/engine/bull-engine.ts';
import { readRows } from '../job/harness.ts';
import { CutNetwork } from './cut-network.ts';
import { type Cluster, type Ended, type Started, until } from './harness.ts';

export interface Fault {
  /** Of the server. */
  readonly server: readonly string[];
  /** Throws when something was lost or counted twice. */
  readonly inject: (cluster: Cluster) => Promise<void>;
}

const ON_DISK = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
const IN_MEMORY = ['--appendonly', 'no'];
/** Time in ms that is longer than a lease and the look for those that are over. */
const LONGER_THAN_A_LEASE = 17_000;

export const FAULTS: Readonly<Record<string, Fault>> = {
  'a host is killed': {
    server: ON_DISK,
    async inject(cluster) {
      const hosts = await cluster.hosts(2);
      const run = start(cluster, 'slow', 150);
      await takingPart(hosts);
      const [host] = hosts as [Started];
      const pid = cluster.pidOf(host);
      host.child.kill('SIGKILL');
      kill(pid, 'SIGKILL');
      whole(await run.ended, 150);
    },
  },
  'the process of a host that takes part is killed': {
    server: ON_DISK,
    async inject(cluster) {
      const hosts = await cluster.hosts(1);
      const run = start(cluster, 'slow', 60);
      await takingPart(hosts);
      kill(cluster.pidOf(hosts[0] as Started), 'SIGKILL');
      whole(await run.ended, 60);
      assert.match(hosts[0]?.output() ?? '', /ended by SIGKILL: it is started again/);
    },
  },
  'a host is frozen for longer than its lease': {
    server: ON_DISK,
    async inject(cluster) {
      const hosts = await cluster.hosts(2);
      const run = start(cluster, 'slow', 300);
      await takingPart(hosts);
      const pid = cluster.pidOf(hosts[0] as Started);
      kill(pid, 'SIGSTOP');
      try {
        await sleep(LONGER_THAN_A_LEASE);
      } finally {
        kill(pid, 'SIGCONT');
      }
      whole(await run.ended, 300);
    },
  },
  'the server is killed and comes back with what it wrote': {
    server: ON_DISK,
    inject: (cluster) => restartServer(cluster),
  },
  'the server is killed and comes back with nothing': {
    server: IN_MEMORY,
    inject: (cluster) => restartServer(cluster),
  },
  'the coordinator is killed and the run attached': {
    server: ON_DISK,
    async inject(cluster) {
      await cluster.hosts(1);
      const run = start(cluster, 'slow', 100);
      await until(() => finished(run.dir) > 0);
      run.child.kill('SIGKILL');
      await run.ended;
      assert.ok(finished(run.dir) < 100);
      const ended = await cluster.run(['attach', await onlyRun(cluster), '--engine', cluster.url]).ended;
      whole({ ...ended, dir: run.dir }, 100);
    },
  },
  'the network between a host and the server is cut for 10 s': {
    server: ON_DISK,
    async inject(cluster) {
      await using proxy = await CutNetwork.to(cluster.port);
      const hosts = [cluster.host([], proxy.url), ...(await cluster.hosts(1))];
      const run = start(cluster, 'slow', 200);
      await takingPart(hosts);
      proxy.cut();
      await sleep(10_000);
      proxy.mend();
      whole(await run.ended, 200);
      for (const host of hosts) host.child.kill('SIGTERM');
      await Promise.all(hosts.map((host) => host.ended));
    },
  },
  'an item ends its worker': {
    server: ON_DISK,
    async inject(cluster) {
      await cluster.hosts(2);
      whole(await start(cluster, 'exitsOn7', 200).ended, 200, [7]);
    },
  },
  'an item ends the process of its host': {
    server: ON_DISK,
    async inject(cluster) {
      const hosts = await cluster.hosts(2);
      whole(await start(cluster, 'killsParentOn7', 16).ended, 16, [7]);
      // They are there all the same.
      await start(cluster, 'square', 10).ended;
      assert.ok(hosts.every(({ child }) => child.exitCode === null && child.signalCode === null));
    },
  },
  'a run is cancelled': {
    server: ON_DISK,
    async inject(cluster) {
      await cluster.hosts(1);
      const run = start(cluster, 'slow', 100_000);
      await until(() => finished(run.dir) > 0);
      const cancelled = await cluster.run(['cancel', await onlyRun(cluster), '--engine', cluster.url]).ended;
      assert.equal(cancelled.code, 0, cancelled.output);
      await stopped(cluster, await run.ended);
    },
  },
  'Ctrl-C stops a run': {
    server: ON_DISK,
    async inject(cluster) {
      await cluster.hosts(1);
      const run = start(cluster, 'slow', 100_000);
      await until(() => finished(run.dir) > 0);
      run.child.kill('SIGINT');
      await stopped(cluster, await run.ended);
    },
  },
  'Ctrl-C stops a run and its host while the server is away': {
    server: ON_DISK,
    async inject(cluster) {
      const [host] = await cluster.hosts(1);
      const run = start(cluster, 'slow', 100_000);
      await until(() => finished(run.dir) > 0);
      await cluster.killServer();
      run.child.kill('SIGINT');
      host?.child.kill('SIGTERM');
      const ended = await run.ended;
      assert.equal(ended.code, 130, ended.output);
      assert.equal((await host?.ended)?.code, 0, host?.output());
    },
  },
};

/** Poison among very many: for the repeated form only. */
export const LONG_FAULTS: Readonly<Record<string, Fault>> = {
  'an item of a million, in chunks of 10,000, ends its worker': {
    server: ON_DISK,
    async inject(cluster) {
      await cluster.hosts(2);
      const run = start(cluster, 'exitsOn654321', 1_000_000, ['--chunk', '10000']);
      whole(await run.ended, 1_000_000, [654_321]);
    },
  },
};

interface FaultyRun extends Started {
  readonly dir: string;
  readonly ended: Promise<EndedIn>;
}

type EndedIn = Ended & { readonly dir: string };

let runs = 0;

function start(cluster: Cluster, fn: string, items: number, more: readonly string[] = []): FaultyRun {
  const dir = join(cluster.folder, `run-${++runs}`);
  const run = cluster.run([
    ...['run', `functions.ts#${fn}`, '--data', `range:0:${items}`, '--run-dir', dir, '--baseline', 'off'],
    ...['--engine', cluster.url, ...more],
  ]);
  return { ...run, dir, ended: run.ended.then((ended) => ({ ...ended, dir })) };
}

async function restartServer(cluster: Cluster): Promise<void> {
  await cluster.hosts(1);
  const run = start(cluster, 'slow', 100);
  await until(() => finished(run.dir) > 0);
  await cluster.killServer();
  await cluster.startServer();
  whole(await run.ended, 100);
}

const takingPart = (hosts: readonly Started[]): Promise<void> =>
  until(() => hosts.every((host) => host.output().includes('taking part')));

/** Every item has one row, and those that failed are these. */
function whole({ code, output, dir }: EndedIn, items: number, failed: readonly number[] = []): void {
  assert.equal(code, failed.length > 0 ? 1 : 0, output);
  const rows = readRows(dir);
  const indices = rows.map(({ index }) => index).sort((a, b) => a - b);
  assert.equal(indices.length, items);
  assert.ok(indices.every((index, position) => index === position));
  assert.equal(finished(dir), items);
  assert.deepEqual(
    rows.filter(({ ok }) => !ok).map(({ index, error }) => [index, error?.name]),
    failed.map((index) => [index, 'WorkerDiedError']),
  );
}

/** What is done is kept, once; nothing of the run is left on the server. */
async function stopped(cluster: Cluster, { code, output, dir }: EndedIn): Promise<void> {
  assert.equal(code, 130, output);
  const indices = readRows(dir).map(({ index }) => index);
  assert.ok(indices.length > 0);
  assert.equal(new Set(indices).size, indices.length);
  await using engine = await BullEngine.open(cluster.url);
  assert.deepEqual(await engine.announced(), []);
}

async function onlyRun(cluster: Cluster): Promise<string> {
  await using engine = await BullEngine.open(cluster.url);
  return (await engine.announced())[0]?.announcement.id ?? '';
}

/** Items that the journal has. */
function finished(dir: string): number {
  try {
    return readFileSync(join(dir, 'journal.jsonl'), 'utf8').split('\n').length - 2;
  } catch {
    return 0;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended with its parent.
  }
}
