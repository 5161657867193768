import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { EnginePool } from '../../runtime/engine.ts';
import {
  AbortError,
  itemIndexOf,
  NotImportableError,
  PoolClosedError,
  SerializationError,
  TimeoutError,
  WorkerDiedError,
  workerFunction,
} from '../../runtime/index.ts';
import { openPool } from '../../src/engine/pool/open-pool.ts';
import {
  add,
  describe as describeItem,
  exitsOn7,
  hangsOn3,
  odd,
  slow,
  square,
  throwsOn7,
} from '../fixtures/job/functions.ts';
import { greet } from '../fixtures/job/greeter.ts';
import { fails, setUp, tearDown } from '../fixtures/job/set-up.ts';
import { Cluster, until } from './harness.ts';

describe('a pool on the hosts of an engine', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let pool: EnginePool;
  before(async () => {
    cluster = new Cluster();
    await cluster.open();
    await cluster.hosts(2);
  });
  after(() => cluster.close());
  beforeEach(async () => {
    pool = await openPool(cluster.url);
  });
  afterEach(() => pool.terminate());

  const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index);
  const squares = (n: number): number[] => upTo(n).map(square);

  it('maps in the order of the input, whatever the input is', async () => {
    assert.deepEqual(await pool.map(square, upTo(1000)), squares(1000));
    assert.deepEqual(await pool.map(square, new Set(upTo(10)).values(), 3), squares(10));
    const later = async function* () {
      for (const n of upTo(5)) yield n;
    };
    assert.deepEqual(await pool.map(square, later()), squares(5));
    assert.deepEqual(await pool.map(square, []), []);
  });

  it('spreads tuples, and makes single calls', async () => {
    assert.deepEqual(
      await pool.starmap(add as (a: number, b: number) => number, [
        [1, 2],
        [3, 4],
      ]),
      [3, 7],
    );
    assert.equal(await pool.apply(add, [1, 2, 3]), 6);
    assert.equal(await pool.submit(add, 1, 2, 4), 7);
    assert.deepEqual(await pool.mapAsync(square, [2, 3]).get(), [4, 9]);
  });

  it('finds functions by name without loading their module', async () => {
    const byName = workerFunction<typeof square>(
      new URL('../fixtures/job/functions.ts', import.meta.url),
      'square',
    );
    assert.deepEqual(await pool.map(byName, [4]), [16]);
  });

  it('gives a stream in order, and as the results come', async () => {
    const ordered: number[] = [];
    for await (const value of pool.imap(square, upTo(300))) ordered.push(value);
    assert.deepEqual(ordered, squares(300));
    const unordered: number[] = [];
    for await (const value of pool.imapUnordered(square, upTo(300))) unordered.push(value);
    assert.deepEqual(
      unordered.sort((a, b) => a - b),
      squares(300),
    );
  });

  it('reads an endless input no further than its consumer needs', async () => {
    let read = 0;
    const endless = function* () {
      for (;;) yield read++;
    };
    for await (const value of pool.imap(square, endless(), { bufferSize: 50 })) if (value === 100) break;
    assert.ok(read < 200, `read ${read}`);
  });

  it('moves values as the local pool does', async () => {
    assert.deepEqual(await pool.map(odd, [0, 1, 2, 3]), [
      undefined,
      2n,
      new Map([[2, new Date(0)]]),
      Number.NaN,
    ]);
    const told = await pool.map(describeItem, [new URL('https://example.org/'), 'Grüße']);
    assert.deepEqual(told, ['"https://example.org/"', '"Grüße"']);
  });

  it('throws what the function throws, at its place', async () => {
    const error = await pool.map(throwsOn7, upTo(20)).catch((reason: unknown) => reason);
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, 'cannot take 7');
    assert.equal(itemIndexOf(error), 7);
    assert.match(error.stack ?? '', /functions\.ts:\d+/);
    assert.match(error.stack ?? '', /pool\.test\.ts/);
  });

  it('loses the one item that ends its worker, and no other', async () => {
    const results = pool.imap(exitsOn7, upTo(20));
    const seen: unknown[] = [];
    for (;;) {
      try {
        const { done, value } = await results.next();
        if (done) break;
        seen.push(value);
      } catch (error) {
        assert.ok(error instanceof WorkerDiedError);
        assert.equal(error.itemIndex, 7);
        assert.equal(error.exitCode, 3);
        seen.push('died');
      }
    }
    assert.deepEqual(seen, [...upTo(7), 'died', ...upTo(20).slice(8)]);
  });

  it('limits the time of a task', async () => {
    const error = await pool.map(hangsOn3, upTo(5), { timeout: 500 }).catch((reason: unknown) => reason);
    assert.ok(error instanceof TimeoutError);
    assert.equal(error.itemIndex, 3);
  });

  it('sends calls of a higher priority first', async () => {
    let read = 0;
    const many = function* () {
      for (const n of upTo(2000)) {
        read++;
        yield n;
      }
    };
    const rest = pool.map(slow, many(), { chunkSize: 1 });
    rest.catch(() => {});
    await until(() => read > 0);
    assert.equal(await pool.apply(square, [3], { priority: 1 }), 9);
    assert.ok(read < 2000, 'all of the other call was sent before it');
    await pool.terminate();
    await assert.rejects(rest, PoolClosedError);
  });

  it('ends a call that is aborted, and goes on with others', async () => {
    const abort = new AbortController();
    const call = pool.map(slow, upTo(100_000), { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await assert.rejects(call, AbortError);
    assert.equal(await pool.apply(square, [3]), 9);
  });

  it('frees the workers of a call that is aborted, though they would never end', async () => {
    const abort = new AbortController();
    const call = pool.map(hangsOn3, [3, 3, 3, 3, 3, 3], { signal: abort.signal, chunkSize: 1 });
    const redis = new Redis(cluster.url);
    await until(async () => {
      const [active] = await redis.keys('mc:run-*:active');
      return active !== undefined && (await redis.llen(active)) === 4;
    });
    redis.disconnect();
    abort.abort();
    await assert.rejects(call, AbortError);
    assert.equal(await pool.apply(square, [3]), 9);
  });

  it('refuses what cannot cross, and functions that no module exports', async () => {
    await assert.rejects(
      pool.map(describeItem, [1, { a: Symbol('s') }]),
      (error) => error instanceof SerializationError && /items\[1\]\.a/.test(error.message),
    );
    await assert.rejects(
      pool.map((n: number) => n, [1]),
      NotImportableError,
    );
  });

  it('does what was submitted before it is closed, and nothing after', async () => {
    const call = pool.map(square, upTo(10));
    pool.close();
    await assert.rejects(pool.map(square, [1]), PoolClosedError);
    await pool.join();
    assert.deepEqual(await call, squares(10));
  });

  it('leaves nothing on the engine when it is terminated', async () => {
    const pending = pool.map(slow, upTo(100_000));
    pending.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    await pool.terminate();
    await assert.rejects(pending, PoolClosedError);
    pool = await openPool(cluster.url);
    const jobs = await cluster.run(['jobs', '--engine', cluster.url, '--json']).ended;
    assert.deepEqual(JSON.parse(jobs.output).runs, []);
  });

  it('sets each worker up once, by another module, and ends it in good order when it is closed', async () => {
    const file = join(cluster.folder, 'set-up.txt');
    const noted = (): readonly string[] => readFileSync(file, 'utf8').trim().split('\n');
    const initArgs = ['Hello', file] as const;
    await using greeting = await openPool(cluster.url, { initializer: setUp, initArgs, finalizer: tearDown });
    assert.deepEqual(await greeting.map(greet, ['Ada', 'Grace']), ['Hello Ada', 'Hello Grace']);
    assert.deepEqual(await greeting.map(greet, ['Alan']), ['Hello Alan']);
    const begun = noted();
    assert.equal(new Set(begun).size, begun.length);
    greeting.close();
    await greeting.join();
    await until(() => noted().length === 2 * begun.length);
    const ends = noted().filter((line) => line.startsWith('end '));
    assert.deepEqual(ends.sort(), begun.map((line) => line.replace('begin', 'end')).sort());
  });

  it('fails with what the initializer throws', async () => {
    await using failing = await openPool(cluster.url, { initializer: fails });
    await assert.rejects(failing.map(greet, ['Ada']), /its initializer threw: no set-up here/);
  });

  it('checks its options before it reaches the engine', async () => {
    const nowhere = 'redis://127.0.0.1:1';
    await assert.rejects(openPool(nowhere, { retries: -1 }), RangeError);
    await assert.rejects(openPool(nowhere, { initializer: () => {} }), NotImportableError);
    const initArgs = [{ key: Symbol('s') }];
    await assert.rejects(openPool(nowhere, { initializer: setUp, initArgs }), (error) => {
      return error instanceof SerializationError && /initArgs\[0\]\.key/.test(error.message);
    });
  });

  it('knows its hosts, and waits for one that comes late', async () => {
    assert.deepEqual(
      (await pool.hosts()).map(({ workers }) => workers),
      [1, 1],
    );
    await using lonely = new Cluster();
    await lonely.open();
    await using waiting = await openPool(lonely.url);
    const call = waiting.map(square, [5]);
    const host = lonely.host();
    await until(() => host.output().includes('taking part'));
    assert.deepEqual(await call, [25]);
  });
});
