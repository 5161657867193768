import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { BullEngine } from '../../src/engine/bull-engine.ts';
import { readRows } from '../job/harness.ts';
import { Cluster, until } from './harness.ts';

describe('a run on the hosts of an engine', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let runs = 0;
  beforeEach(async () => {
    cluster = new Cluster();
    await cluster.open();
  });
  afterEach(() => cluster.close());

  const runDir = (): string => join(cluster.folder, `run-${++runs}`);
  const args = (dir: string, fn: string, data: string, ...more: string[]): string[] => [
    ...['run', fn, '--data', data, '--run-dir', dir, '--baseline', 'off', ...more],
  ];
  const values = (dir: string): unknown[] => readRows(dir).map(({ value }) => value);
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index);
  const printedIn = (dir: string): string[] =>
    readdirSync(join(dir, 'output')).flatMap((log) =>
      readFileSync(join(dir, 'output', log), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^\S+ {2}(\w+) {2}- {2}/, '$1  ')),
    );
  const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

  it('gives what the pool of this machine gives, with one host and with three', async () => {
    const local = runDir();
    await cluster.run(args(local, 'functions.ts#throwsOn7', 'range:0:300')).ended;
    const outcomes = (dir: string) =>
      readRows(dir)
        .map(({ index, ok, value, error }) => [index, ok, value, error?.name, error?.message])
        .sort(([a], [b]) => Number(a) - Number(b));
    for (const count of [1, 2]) {
      await cluster.hosts(count);
      const dir = runDir();
      const { code, output } = await cluster.run(
        args(dir, 'functions.ts#throwsOn7', 'range:0:300', '--engine', cluster.url),
      ).ended;
      assert.equal(code, 1, output);
      assert.deepEqual(outcomes(dir), outcomes(local));
    }
    await using engine = await BullEngine.open(cluster.url);
    assert.deepEqual(await engine.announced(), []);
  });

  it('leaves its hosts and the server as they were', async () => {
    const [host] = await cluster.hosts(1);
    await cluster.run(args(runDir(), 'functions.ts#square', 'range:0:20', '--engine', cluster.url)).ended;
    await until(() => host?.output().includes('left') ?? false);
    const redis = new Redis(cluster.url);
    try {
      // The code stays for a week: a run of the same code need not send it.
      assert.deepEqual(
        (await redis.keys('*')).filter((key) => !key.startsWith('mc:blob:')),
        ['mc:hosts'],
      );
    } finally {
      redis.disconnect();
    }
  });

  it('has what the workers of its hosts print, each line once', async () => {
    await cluster.hosts(2);
    const dir = runDir();
    const { code, output } = await cluster.run(
      args(dir, 'functions.ts#prints', 'range:0:60', '--chunk', '10', '--engine', cluster.url),
    ).ended;
    assert.equal(code, 0, output);
    const printed = upTo(60).flatMap((n) => [`stdout  line of ${n}`, `stderr  warning of ${n}`]);
    assert.deepEqual(printedIn(dir).sort(), printed.sort());
  });

  it('counts what its hosts print faster than it can be sent', async () => {
    await cluster.hosts(1);
    const dir = runDir();
    const { code, output } = await cluster.run(
      args(dir, 'functions.ts#printsMuch', 'range:0:4', '--engine', cluster.url),
    ).ended;
    assert.equal(code, 0, output);
    const printed = printedIn(dir);
    assert.ok(printed.length > 1000, `${printed.length} lines`);
    assert.match(printed.join('\n'), /stderr {2}\(\d+ more lines of .* are left out\)/);
  });

  it('is declined by hosts that do not trust its key, and says so', async () => {
    const host = cluster.host(['--trust', 'another key']);
    await until(() => host.output().includes('waiting for runs'));
    const { code, output } = await cluster.run(
      args(runDir(), 'functions.ts#square', 'range:0:10', '--engine', cluster.url),
    ).ended;
    assert.equal(code, 3, output);
    assert.match(output, /Every host declines the run: .*not one that --trust names/);
  });

  it('takes runs of a key that is trusted', async () => {
    const key = (await cluster.run(['jobs', '--key']).ended).output.trim();
    const host = cluster.host(['--trust', key]);
    await until(() => host.output().includes('waiting for runs'));
    const dir = runDir();
    const { code, output } = await cluster.run(
      args(dir, 'functions.ts#square', 'range:0:10', '--engine', cluster.url),
    ).ended;
    assert.equal(code, 0, output);
    assert.deepEqual(
      sorted(values(dir) as number[]),
      upTo(10).map((n) => n * n),
    );
  });

  it('does not write the password of the engine down', async () => {
    await using guarded = new Cluster();
    await guarded.open(['--requirepass', 'secret-word']);
    const url = guarded.url.replace('//', '//:secret-word@');
    const host = guarded.host([], url);
    await until(() => host.output().includes('waiting for runs'));
    const dir = runDir();
    const { code, output } = await guarded.run(args(dir, 'functions.ts#square', 'range:0:3', '--engine', url))
      .ended;
    assert.equal(code, 0, output);
    for (const name of readdirSync(dir).filter((file) => /\.(?:jsonl?|html)$/.test(file)))
      assert.ok(!readFileSync(join(dir, name), 'utf8').includes('secret-word'), name);
  });

  it('says why a server cannot be used', async () => {
    await using protectedServer = new Cluster();
    await protectedServer.open(['--requirepass', 'right']);
    for (const [url, why] of [
      ['redis://127.0.0.1:1', /ECONNREFUSED/],
      ['redis://example.org:6379', /not encrypted/],
      ['rediss://example.org:6379', /no password/],
      [protectedServer.url, /NOAUTH/],
      [protectedServer.url.replace('//', '//:wrong@'), /WRONGPASS/],
    ] as const) {
      const { code, output } = await cluster.run(
        args(runDir(), 'functions.ts#square', 'range:0:3', '--engine', url),
      ).ended;
      assert.equal(code, 3, output);
      assert.match(output, why);
    }
  });
});
