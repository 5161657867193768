import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, it } from 'mocha';
import { NotImportableError, Pool, SerializationError, workerFunction } from '../../../runtime/index.ts';
import defaultDouble, * as tasks from '../../fixtures/runtime/tasks.ts';
import { livingWorkers } from '../processes.ts';

const requireCommon = createRequire(import.meta.url);

describe('values that cross', () => {
  const pool = new Pool(1);
  after(async () => {
    await pool.terminate();
    assert.deepEqual(livingWorkers(), []);
  });
  const echo = async <T>(value: T): Promise<T> => (await pool.apply(tasks.identity, [value])) as T;

  it('keeps what structured clone keeps', async () => {
    const cyclic: Record<string, unknown> = { n: 1 };
    cyclic['self'] = cyclic;
    const values = [
      undefined,
      null,
      true,
      -0,
      NaN,
      Infinity,
      2n ** 70n,
      '',
      'äöü 💥',
      '\ud800 alone',
      Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
      new Date(5),
      /a/gi,
      new Map([[{ a: 1 }, new Set([1, '2'])]]),
      new Uint8Array([1, 2]),
      new Float64Array([1.5]),
      new ArrayBuffer(3),
      { nested: { deep: [null, { x: 'y' }] } },
      Object(5),
      'x'.repeat(300_000),
    ];
    for (const value of values) assert.deepStrictEqual(await echo(value), value);
    const back = await echo(cyclic);
    assert.equal(back['self'], back);
  });

  it('keeps Buffer, URL, URLSearchParams, Headers and registered classes', async () => {
    assert.ok(Buffer.isBuffer(await echo(Buffer.from('hi'))));
    assert.equal((await echo({ at: new URL('https://a.b/c?d=e') })).at.searchParams.get('d'), 'e');
    assert.equal((await echo(new URLSearchParams('a=1&a=2'))).getAll('a').length, 2);
    assert.equal((await echo([new Headers({ A: 'b' })]))[0]?.get('a'), 'b');
    const money = await pool.apply(tasks.doubleMoney, [new tasks.Money(21)]);
    assert.ok(money instanceof tasks.Money);
    assert.equal(money.cents, 42);
  });

  it('keeps errors with class, own fields and cause', async () => {
    const error = new tasks.OrderError('bad', 5, { cause: new URIError('why') });
    const back = await echo(error);
    assert.ok(back instanceof tasks.OrderError && back.cause instanceof URIError);
    assert.deepEqual(
      [back.name, back.message, back.orderId, back.stack],
      ['OrderError', 'bad', 5, error.stack],
    );
    const several = await echo(new AggregateError([new TypeError('a'), 'b'], 'both'));
    assert.ok(several instanceof AggregateError && several.errors[0] instanceof TypeError);
    const dom = await echo(new DOMException('stop', 'AbortError'));
    assert.deepEqual([dom instanceof DOMException, dom.name], [true, 'AbortError']);
  });

  it('gives the error of a class that no module exports its built-in base', async () => {
    const error = await pool.apply(tasks.throwHidden).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, 'hidden');
  });

  it('gives what is thrown and is no error as it is', async () => {
    assert.equal(await pool.apply(tasks.throwText).catch((thrown: unknown) => thrown), 'just text');
  });

  it('names the path of what cannot cross, in arguments and results, and keeps its workers', async () => {
    const [before] = pool.workers;
    for (let time = 0; time < 20; time++) {
      const items = [1, 2, 3, { user: { onSave: () => time } }];
      const refused = await pool.map(tasks.identity, items).catch((error: unknown) => error);
      assert.ok(refused instanceof SerializationError);
      assert.equal(refused.path, 'items[3].user.onSave');
      assert.match(refused.message, /^items\[3\]\.user\.onSave is a function/);
      const result = await pool.apply(tasks.returnClosure).catch((error: unknown) => error);
      assert.ok(result instanceof SerializationError);
      assert.equal(result.path, 'result.deep[0]');
      const thrown = await pool
        .apply(tasks.throwUnsendable)
        .catch((error: unknown) => error as Error & { status: number });
      assert.deepEqual([thrown.message, thrown.status], ['with a socket', 500]);
    }
    assert.equal(pool.workers[0]?.pid, before?.pid);
    await assert.rejects(echo([Symbol('s')]), /args\[0\]\[0\] is a symbol/);
    await assert.rejects(echo(new Map([['k', Promise.resolve()]])), /args\[0\]\.get\("k"\) is a Promise/);
    await assert.rejects(echo(new Proxy({}, {})), SerializationError);
  });

  it('sends exported functions by reference, as arguments and as results', async () => {
    assert.equal(await pool.apply(tasks.callIt, [{ fn: tasks.square }]), 25);
    assert.equal(await pool.apply(tasks.returnFunction), tasks.square);
  });

  describe('functions by value', () => {
    it('finds named exports, default exports and static methods', async () => {
      assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
      assert.deepEqual(await pool.map(defaultDouble, [3]), [6]);
      assert.deepEqual(await pool.map(tasks.Geometry.area, [3]), [9]);
    });

    it('finds a function several properties below an export', async () => {
      assert.deepEqual(await pool.map(tasks.shapes.round.circle.area, [2]), [12]);
      assert.equal(await pool.apply(tasks.callIt, [{ fn: tasks.shapes.round.circle.area }]), 75);
    });

    it('finds exports of CommonJS modules', async () => {
      const common = requireCommon('../../fixtures/runtime/common.cjs');
      assert.deepEqual(await pool.map(common.triple, [3]), [9]);
      assert.deepEqual(await pool.map(common.nested.half, [3]), [1.5]);
      assert.deepEqual(await pool.map(requireCommon('../../fixtures/runtime/single.cjs'), [3]), [12]);
    });

    it('takes a function by name and refuses to call it here', async () => {
      const square = workerFunction<typeof tasks.square>(
        new URL('../../fixtures/runtime/tasks.ts', import.meta.url),
        'square',
      );
      assert.deepEqual(await pool.map(square, [4]), [16]);
      assert.throws(() => square(4), NotImportableError);
      const none = workerFunction(new URL('../../fixtures/runtime/tasks.ts', import.meta.url), 'nothing');
      await assert.rejects(pool.map(none, [1]), /exports no function nothing \(it exports .*square/);
    });

    it('refuses closures, inline arrows, bound and native functions, and says where and what to do', async () => {
      const factor = 2;
      const closure = (n: number) => n * factor;
      const error = await pool.map(closure, [1]).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof NotImportableError);
      assert.equal(error.functionName, 'closure');
      assert.match(error.file ?? '', /values\.test\.[tj]s$/);
      assert.match(error.message, /export it/);
      await assert.rejects(
        pool.map((n: number) => n, [1]),
        NotImportableError,
      );
      await assert.rejects(pool.map(tasks.square.bind(null), [1]), /a bound function/);
      await assert.rejects(pool.map(Math.sqrt, [1]), /a function of the JavaScript engine/);
    });
  });
});
