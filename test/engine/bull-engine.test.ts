import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { BullEngine } from '../../src/engine/bull-engine.ts';
import { Ear } from '../../src/engine/ear.ts';
import type { Chunk, Receipt, TakeChunk } from '../../src/engine/engine.ts';
import { Cluster, until } from './harness.ts';

describe('the engine on BullMQ', function () {
  this.timeout(60_000);
  const RUN = 'r1';
  let cluster: Cluster;
  let engine: BullEngine;
  let redis: Redis;
  before(async () => {
    cluster = new Cluster();
    await cluster.open();
    engine = await BullEngine.open(cluster.url);
    redis = new Redis(cluster.url);
  });
  beforeEach(() => redis.flushall());
  after(async () => {
    redis.disconnect();
    await engine[Symbol.asyncDispose]();
    await cluster.close();
  });

  const echo: TakeChunk = async (_, payload) => payload;
  const chunksOf = (count: number, size = 10): Chunk[] =>
    Array.from({ length: count }, (_, index) => ({ id: `c${index}`, payload: randomBytes(size) }));
  /** All that comes, each acknowledged. */
  const collect = async (count: number): Promise<Receipt[]> => {
    const all: Receipt[] = [];
    await until(async () => {
      const { done } = await engine.collect(RUN);
      all.push(...done);
      await engine.acknowledge(
        RUN,
        done.map(({ chunk }) => chunk),
      );
      return all.length >= count;
    });
    return all;
  };
  const byId = (all: readonly { readonly chunk: string; readonly payload: Uint8Array }[]) =>
    new Map(all.map(({ chunk, payload }) => [chunk, Buffer.from(payload).toString('base64')]));

  it('brings chunks of any size to a host and back, each once, and keeps nothing of them', async () => {
    await using host = await BullEngine.open(cluster.url);
    const chunks = [0, 1, 4000, 5000, 300_000].map((size, index) => ({
      id: `c${index}`,
      payload: randomBytes(size),
    }));
    await using _lease = await host.lease(RUN, 'host', 2, echo);
    await engine.enqueue(RUN, chunks);
    const done = await collect(chunks.length);
    assert.deepEqual(byId(done), byId(chunks.map(({ id, payload }) => ({ chunk: id, payload }))));
    assert.deepEqual(new Set(done.map(({ host: by }) => by)), new Set(['host']));
    assert.deepEqual(await redis.keys('mc:r1:*'), []);
    await until(async () => (await redis.keys('mc:run-r1:c*')).length === 0);
  });

  it('holds no more chunks than it was asked for, and takes the next as soon as one ends', async () => {
    await using host = await BullEngine.open(cluster.url);
    const ends: (() => void)[] = [];
    let [running, most] = [0, 0];
    await using _lease = await host.lease(RUN, 'host', 3, async (_, payload) => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
      return payload;
    });
    await engine.enqueue(RUN, chunksOf(8));
    for (let ended = 0; ended < 8; ended++) {
      await until(() => running === Math.min(3, 8 - ended));
      ends.shift()?.();
      await until(() => running === Math.min(3, 7 - ended));
    }
    assert.equal(most, 3);
    assert.equal((await collect(8)).length, 8);
  });

  it('needs two connections for a host, however many runs it takes part in', async () => {
    await using host = await BullEngine.open(cluster.url);
    using _watch = host.watch('host', () => {});
    const connections = async (): Promise<number> =>
      Number(/connected_clients:(\d+)/.exec(await redis.info('clients'))?.[1]);
    await until(async () => (await host.announced()).length === 0);
    const before = await connections();
    const leases = await Promise.all(
      ['r1', 'r2', 'r3'].map((run) => host.lease(run, 'host', 2, async () => Buffer.from(run))),
    );
    for (const run of ['r1', 'r2', 'r3']) await engine.enqueue(run, chunksOf(20));
    for (const run of ['r1', 'r2', 'r3'])
      await until(async () => {
        const { done } = await engine.collect(run);
        for (const { payload } of done) assert.equal(Buffer.from(payload).toString(), run);
        return done.length === 20;
      });
    assert.equal(await connections(), before);
    for (const lease of leases) await lease[Symbol.asyncDispose]();
  });

  it('gives back what a host holds that leaves, to whoever is there', async () => {
    await using leaving = await BullEngine.open(cluster.url);
    await using staying = await BullEngine.open(cluster.url);
    let [end, held] = [(): void => {}, 0];
    const left = new Promise<void>((resolve) => {
      end = resolve;
    });
    const lease = await leaving.lease(RUN, 'leaving', 2, async () => {
      held++;
      await left;
      throw new Error('The pool was ended');
    });
    await engine.enqueue(RUN, chunksOf(5));
    await until(() => held === 2);
    const leftInOrder = lease[Symbol.asyncDispose]();
    end();
    await leftInOrder;
    await using _lease = await staying.lease(RUN, 'staying', 2, echo);
    assert.equal((await collect(5)).filter(({ host }) => host === 'staying').length, 5);
  });

  it('tells a host to give up what is dropped, and nothing else', async () => {
    await using host = await BullEngine.open(cluster.url);
    using _watch = host.watch('h/1', () => {});
    await host.report({ host: 'h/1', workers: 1, node: process.version, declines: {}, runs: [RUN] });
    const held: string[] = [];
    const ends: (() => void)[] = [];
    await using _lease = await host.lease(RUN, 'h/1', 2, async (id, payload, _, signal) => {
      held.push(id);
      await new Promise<void>((resolve, reject) => {
        ends.push(resolve);
        signal.addEventListener('abort', () => reject(new Error('It was dropped')));
      });
      return payload;
    });
    await engine.enqueue(RUN, chunksOf(4));
    await until(() => held.length === 2);
    const [kept, dropped] = held as [string, string];
    await engine.drop(
      RUN,
      chunksOf(4)
        .map(({ id }) => id)
        .filter((id) => id !== kept),
    );
    await until(async () => {
      const { undone } = await engine.collect(RUN);
      return undone.length === 1 && undone[0]?.chunk === dropped && undone[0].reason === 'It was dropped';
    });
    assert.deepEqual(held, [kept, dropped]);
    for (const end of ends) end();
    assert.deepEqual(
      (await collect(1)).map(({ chunk }) => chunk),
      [kept],
    );
  });

  it('keeps nothing that a host finishes after the run is over', async () => {
    await using host = await BullEngine.open(cluster.url);
    let [end, held] = [(): void => {}, false];
    await using _lease = await host.lease(RUN, 'host', 1, async (_, payload) => {
      held = true;
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return payload;
    });
    await engine.enqueue(RUN, chunksOf(1));
    await until(() => held);
    await engine.withdraw(RUN);
    end();
    await engine.enqueue('r2', chunksOf(1));
    await until(async () => (await redis.keys('mc:r1:*')).length === 0);
    await until(async () => (await redis.keys('mc:run-r1:*')).length === 0);
  });

  it('misses what the server has lost, and neither what is done nor what waits', async () => {
    await using host = await BullEngine.open(cluster.url);
    const chunks = chunksOf(3);
    await engine.enqueue(RUN, chunks.slice(0, 1));
    {
      await using _lease = await host.lease(RUN, 'host', 1, echo);
      await until(async () => (await engine.collect(RUN)).done.length === 1);
    }
    await engine.enqueue(RUN, chunks.slice(1, 2));
    const ids = chunks.map(({ id }) => id);
    assert.deepEqual(await engine.missing(RUN, ids), ['c2']);
    await redis.flushall();
    assert.deepEqual(await engine.missing(RUN, ids), ids);
  });

  it('tells a watcher at once what is said of its run, a host of every run', async () => {
    await using listening = await BullEngine.open(cluster.url);
    await using host = await BullEngine.open(cluster.url);
    const heard: string[] = [];
    using _run = listening.watch('r7', (run, state) => heard.push(`run: ${run} ${state}`));
    using _host = host.watch('h/1', (run, state) => heard.push(`host: ${run} ${state}`));
    await host.report({ host: 'h/1', workers: 1, node: process.version, declines: {}, runs: [] });
    const announce = (id: string, state: 'running' | 'stopped') =>
      engine.announce({ announcement: { id }, state } as never);
    await announce('r7', 'running');
    await announce('r8', 'stopped');
    await engine.withdraw('r7');
    await until(() => heard.length === 4);
    assert.deepEqual(heard.sort(), [
      'host: r7 over',
      'host: r7 running',
      'host: r8 stopped',
      'run: r7 running',
    ]);
  });
});

describe('an ear', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  let redis: Redis;
  let ear: Ear;
  before(async () => {
    cluster = new Cluster();
    await cluster.open();
    redis = new Redis(cluster.url);
  });
  beforeEach(() => {
    ear = new Ear(new Redis(cluster.url, { maxRetriesPerRequest: null }), redis);
  });
  afterEach(() => ear[Symbol.dispose]());
  after(async () => {
    redis.disconnect();
    await cluster.close();
  });

  it('hears of a set that was named while it waits for others', async () => {
    const heard: (string | null)[] = [];
    ear.hear('a', (member) => heard.push(member));
    await redis.zadd('a', 0, 'first');
    await until(() => heard.length === 1);
    ear.hear('b', (member) => heard.push(member));
    await redis.zadd('b', 0, 'second');
    await until(() => heard.length === 2);
    assert.deepEqual(heard, ['first', 'second']);
  });

  it('takes nothing out of a set that it was told to ignore', async () => {
    ear.hear('c', () => assert.fail('it is heard'));
    await ear.ignore('c');
    await redis.zadd('c', 0, 'stays');
    const heard: (string | null)[] = [];
    ear.hear('d', (member) => heard.push(member));
    await redis.zadd('d', 0, 'heard');
    await until(() => heard.length === 1);
    assert.equal(await redis.zscore('c', 'stays'), '0');
  });

  it('hears a quiet set beside one that rings all the time', async () => {
    let [isQuietHeard, rings] = [false, 0];
    ear.hear('loud', async () => {
      rings++;
      if (!isQuietHeard) await redis.zadd('loud', 0, 'again');
    });
    ear.hear('quiet', () => {
      isQuietHeard = true;
    });
    await redis.zadd('loud', 0, 'again');
    await until(() => rings > 10);
    await redis.zadd('quiet', 0, 'heard');
    await until(() => isQuietHeard);
  });

  it('asks everybody to look again when nothing rings', async () => {
    const looks: string[] = [];
    ear.hear('e', (member) => member === null && looks.push('e'));
    ear.hear('f', (member) => member === null && looks.push('f'));
    await until(() => looks.length >= 2);
    assert.deepEqual(looks.slice(0, 2).sort(), ['e', 'f']);
  });

  it('goes on after a mistake of whoever hears, and after its connection is cut', async () => {
    const heard: (string | null)[] = [];
    ear.hear('g', (member) => {
      heard.push(member);
      if (member === 'bad') throw new Error('a mistake');
    });
    await redis.zadd('g', 0, 'bad');
    await until(() => heard.length === 1);
    await redis.zadd('g', 0, 'good');
    await until(() => heard.length === 2);
    const own = await redis.client('ID');
    for (const line of ((await redis.client('LIST')) as string).split('\n')) {
      const id = /^id=(\d+)/.exec(line)?.[1];
      if (id !== undefined && Number(id) !== own) await redis.client('KILL', 'ID', id);
    }
    await redis.zadd('g', 0, 'after');
    await until(() => heard.includes('after'));
  });
});
