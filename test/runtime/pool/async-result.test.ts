import assert from 'node:assert/strict';
import {
  ManycoreError,
  NotImportableError,
  Pool,
  PoolClosedError,
  SerializationError,
  TimeoutError,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { Gate } from '../gate.ts';
import { warningsOf } from '../warnings.ts';

describe('AsyncResult', () => {
  const pool = new Pool(2);
  after(() => pool.terminate());

  it('is waited for with and without a limit', async () => {
    using gate = new Gate();
    const result = pool.applyAsync(tasks.untilThere, [gate.file]);
    assert.deepEqual([result.ready(), await result.wait(1)], [false, false]);
    await assert.rejects(result.get(1), TimeoutError);
    assert.throws(() => result.successful(), ManycoreError);
    gate.open();
    assert.deepEqual(
      [await result.wait(60_000), await result.wait(), await result.wait(0)],
      [true, true, true],
    );
    assert.deepEqual([result.ready(), result.successful()], [true, true]);
    assert.deepEqual(
      [await result, await result.get(), await result.get(0)],
      [gate.file, gate.file, gate.file],
    );
  });

  it('keeps an error for those who ask, and bothers nobody else', async () => {
    const result = pool.mapAsync(tasks.failOn7, [6, 7, 8]);
    assert.equal(await result.wait(), true);
    assert.equal(result.successful(), false);
    await assert.rejects(result.get(), TypeError);
    await assert.rejects(result.get(0), TypeError);
  });

  it('calls back with the result or the error', async () => {
    const calls: unknown[] = [];
    const callbacks = {
      callback: (result: unknown) => void calls.push(result),
      errorCallback: (error: Error) => void calls.push(error.message),
    };
    await pool.mapAsync(tasks.square, [2, 3], callbacks);
    await pool.starmapAsync(tasks.add, [[2, 3]], { ...callbacks, chunkSize: 1 });
    await pool.applyAsync(tasks.add, [1, 2], callbacks);
    await pool.applyAsync(tasks.failOn7, [7], callbacks).wait();
    await pool.applyAsync(tasks.throwText, [], callbacks).wait();
    assert.deepEqual(calls, [[4, 9], [5], 3, 'no 7', 'just text']);
  });

  it('warns of callbacks that throw, and loses nothing else', async () => {
    const fail = () => {
      throw new Error('not my day');
    };
    const warnings = await warningsOf(async () => {
      assert.deepEqual(await pool.mapAsync(tasks.square, [2], { callback: fail }), [4]);
      const failed = pool.applyAsync(tasks.failOn7, [7], { errorCallback: fail });
      await assert.rejects(failed.get(), TypeError);
      assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
    });
    assert.deepEqual(
      warnings.map(({ message, code }) => [message, code]),
      [
        ['the callback of a call threw Error: not my day', 'MANYCORE_CALLBACK'],
        ['the errorCallback of a call threw Error: not my day', 'MANYCORE_CALLBACK'],
      ],
    );
  });

  it('is not given for what is wrong before the first task: that is thrown at the call', async () => {
    const bound = tasks.square.bind(null);
    assert.throws(() => pool.mapAsync(bound, [1]), NotImportableError);
    assert.throws(() => pool.starmapAsync(Math.max, [[1]]), NotImportableError);
    assert.throws(() => pool.applyAsync(bound, [1]), NotImportableError);
    assert.throws(() => pool.mapAsync(tasks.square, 5 as never), /items must be iterable, received number/);
    assert.throws(() => pool.mapAsync(tasks.square, [1], 0), RangeError);
    assert.throws(() => pool.applyAsync(tasks.square, [1], { timeout: -1 }), RangeError);
    assert.throws(() => pool.applyAsync(tasks.identity, [{ at: Symbol('s') }]), {
      constructor: SerializationError,
      path: 'args[0].at',
    });
    const closed = new Pool(1);
    closed.close();
    assert.throws(() => closed.mapAsync(tasks.square, [1]), PoolClosedError);
    assert.throws(() => closed.starmapAsync(tasks.add, [[1, 2]]), PoolClosedError);
    assert.throws(() => closed.applyAsync(tasks.add, [1, 2]), PoolClosedError);
    await closed.join();
  });

  it('has its counterparts reject with the same', async () => {
    await assert.rejects(pool.map(tasks.square.bind(null), [1]), NotImportableError);
    await assert.rejects(pool.map(tasks.square, null as never), /items must be iterable, received null/);
    await assert.rejects(pool.apply(tasks.identity, [{ at: Symbol('s') }]), SerializationError);
    assert.throws(() => pool.imap(tasks.square.bind(null), [1]), NotImportableError);
  });

  it('fails with the item that cannot cross when the items are many', async () => {
    const result = pool.mapAsync(tasks.identity, [1, 2, { at: Promise.resolve() }]);
    await assert.rejects(result.get(), { constructor: SerializationError, path: 'items[2].at' });
  });
});
