import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BullEngine } from '../../src/engine/bull-engine.ts';
import type { Announcement } from '../../src/engine/engine.ts';
import { hashOf, publicText, signed } from '../../src/engine/signature.ts';
import { FAULTS } from './faults.ts';
import { Cluster, type Started, until } from './harness.ts';

describe('a run on an engine loses nothing and counts nothing twice when', function () {
  this.timeout(300_000);
  for (const [title, { server, inject }] of Object.entries(FAULTS)) {
    it(title, async () => {
      await using cluster = new Cluster();
      await cluster.open(server);
      await inject(cluster);
    });
  }
});

describe('a host of an engine', function () {
  this.timeout(60_000);
  const { privateKey: ours } = generateKeyPairSync('ed25519');
  const { privateKey: theirs } = generateKeyPairSync('ed25519');
  const code = Buffer.from('export const square = (n) => n * n;');
  const announcement: Announcement = {
    version: 1,
    id: 'r-good',
    title: 'tasks.ts#square',
    bundle: hashOf(code),
    nodeMajor: Number(process.versions.node.split('.')[0]),
    natives: [],
    plan: { file: '', exportName: 'square', functionHash: '', spread: false, args: [] } as never,
    timeout: null,
    retries: 0,
    memoryLimit: null,
    announcedAt: 0,
    coordinator: 'nobody/1',
    runDir: '',
  };
  let cluster: Cluster;
  let engine: BullEngine;
  let host: Started;

  before(async () => {
    cluster = new Cluster();
    await cluster.open(['--appendonly', 'no']);
    const installed = join(cluster.folder, 'node_modules', 'fast-native');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{"name":"fast-native","version":"1.2.3"}');
    engine = await BullEngine.open(cluster.url);
    await engine.putBlob(announcement.bundle, code);
    await engine.putBlob('not-its-hash', code);
    const trusting = ['worker', '--engine', cluster.url, '--workers', '1', '--trust', publicText(ours)];
    host = cluster.run(trusting, { cwd: cluster.folder });
    await until(() => host.output().includes('waiting for runs'));
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await cluster.close();
  });

  const declines = (id: string, why: string) => async () => {
    await until(() => host.output().includes(`(${id}): declined`));
    const line =
      host
        .output()
        .split('\n')
        .find((text) => text.includes(`(${id}): declined`)) ?? '';
    assert.ok(line.includes(why), line);
  };
  const announce = (change: Partial<Announcement>, key = ours) =>
    engine.announce({ ...signed({ ...announcement, ...change }, key), state: 'running' });

  it('declines a run for another Node, and says which', async () => {
    await announce({ id: 'r-node', nodeMajor: 18 });
    await declines('r-node', `it needs Node 18, and this is ${process.version}`)();
  });

  it('declines a run whose native package it lacks, or has in another version', async () => {
    await announce({ id: 'r-lacks', natives: [{ name: 'no-such-native', version: '1.0.0' }] });
    await declines('r-lacks', 'npm install no-such-native@1.0.0')();
    await announce({ id: 'r-other', natives: [{ name: 'fast-native', version: '1.3.0' }] });
    await declines('r-other', 'it needs fast-native@1.3.0 (there is 1.2.3) installed in')();
  });

  it('declines a run that is not signed, signed by another, or altered afterwards', async () => {
    await engine.announce({
      announcement: { ...announcement, id: 'r-unsigned' },
      publicKey: '',
      signature: '',
      state: 'running',
    });
    await declines('r-unsigned', 'not one that --trust names')();
    await announce({ id: 'r-theirs' }, theirs);
    await declines('r-theirs', 'not one that --trust names')();
    const good = signed(announcement, ours);
    const altered = { ...good, announcement: { ...announcement, id: 'r-altered', bundle: 'not-its-hash' } };
    await engine.announce({ ...altered, state: 'running' });
    await declines('r-altered', 'its signature is not that of its key')();
  });

  it('declines code that is not what was announced', async () => {
    await announce({ id: 'r-code', bundle: 'not-its-hash' });
    await declines('r-code', 'its code is not what was announced')();
  });
});

describe('the password of an engine', function () {
  this.timeout(60_000);

  it('comes by the environment, and is in no environment of workers and no text of an error', async () => {
    await using cluster = new Cluster();
    await cluster.open(['--requirepass', 'secret-word', '--appendonly', 'no']);
    const env = { MANYCORE_ENGINE_PASSWORD: 'secret-word' };
    const worker = ['worker', '--engine', cluster.url, '--workers', '1'];
    const host = cluster.run(worker, { env });
    await until(() => host.output().includes('waiting for runs'));
    const dir = join(cluster.folder, 'run');
    const asked = ['run', 'functions.ts#password', '--data', 'range:0:1', '--run-dir', dir];
    const on = ['--baseline', 'off', '--engine', cluster.url];
    const { code, output } = await cluster.run([...asked, ...on], { env }).ended;
    assert.equal(code, 0, output);
    assert.match(readFileSync(join(dir, 'results.jsonl'), 'utf8'), /"nothing"/);
    const wrong = cluster.run(worker, { env: { MANYCORE_ENGINE_PASSWORD: 'wrong-word' } });
    const refused = await wrong.ended;
    assert.equal(refused.code, 3);
    assert.match(refused.output, /WRONGPASS/);
    for (const text of [output, host.output(), refused.output])
      assert.doesNotMatch(text, /secret-word|wrong-word/);
  });

  it('is not in the text of a mistake in the URL', async () => {
    await assert.rejects(BullEngine.open('rediss//:secret-word@host'), (error: Error) => {
      assert.doesNotMatch(error.message, /secret-word/);
      return true;
    });
  });
});

describe('the server of an engine', function () {
  this.timeout(60_000);

  it('is refused when it throws keys away, and warned of when it keeps nothing on disk', async () => {
    await using evicting = new Cluster();
    await evicting.open(['--maxmemory-policy', 'allkeys-lru']);
    const refused = await evicting.host().ended;
    assert.equal(refused.code, 3);
    assert.match(refused.output, /its maxmemory-policy is allkeys-lru/);
    await using forgetful = new Cluster();
    await forgetful.open(['--appendonly', 'no']);
    const host = forgetful.host();
    await until(() => host.output().includes('waiting for runs'));
    assert.match(host.output(), /keeps nothing on disk/);
    await using careful = new Cluster();
    await careful.open(['--appendonly', 'yes', '--appendfsync', 'everysec']);
    await using engine = await BullEngine.open(careful.url);
    assert.deepEqual(engine.warnings, []);
  });
});
