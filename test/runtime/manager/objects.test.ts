import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  EOFError,
  Manager,
  ManycoreError,
  NotImportableError,
  QueueEmptyError,
  QueueFullError,
  SerializationError,
} from '../../../runtime/index.ts';
import * as managed from '../../fixtures/runtime/managed.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';

describe('objects in a manager', () => {
  let manager: Manager;
  beforeEach(async () => {
    manager = await Manager.start();
  });
  afterEach(() => manager.shutdown());
  leavesNothing();

  it('a dict does what a map does', async () => {
    const dict = manager.dict<string, unknown>([
      ['a', 1],
      ['b', { deep: [new Date(0)] }],
    ]);
    assert.deepEqual(await dict.get('b'), { deep: [new Date(0)] });
    assert.equal(await dict.get('c'), undefined);
    await dict.set('c', undefined);
    assert.deepEqual([await dict.has('c'), await dict.has('d')], [true, false]);
    assert.deepEqual([await dict.delete('b'), await dict.delete('b')], [true, false]);
    assert.deepEqual(await dict.keys(), ['a', 'c']);
    assert.deepEqual(await dict.values(), [1, undefined]);
    assert.deepEqual(await dict.entries(), [
      ['a', 1],
      ['c', undefined],
    ]);
    assert.deepEqual(
      await dict.toMap(),
      new Map<string, unknown>([
        ['a', 1],
        ['c', undefined],
      ]),
    );
  });

  it('a dict has keys of any kind, the same when what is in them is', async () => {
    const dict = manager.dict<unknown, string>();
    for (const key of [0, '0', 0n, null, undefined, true, [1, 'é'], { a: 1 }, new Date(5)])
      await dict.set(
        key,
        `${typeof key} ${JSON.stringify(key, (_, v) => (typeof v === 'bigint' ? 'n' : v))}`,
      );
    assert.equal((await dict.keys()).length, 9);
    assert.equal(await dict.get([1, 'é']), 'object [1,"é"]');
    assert.equal(await dict.get({ a: 1 }), 'object {"a":1}');
    assert.equal(await dict.get(-0), 'number 0');
    assert.equal(await dict.get(new Date(5)), 'object "1970-01-01T00:00:00.005Z"');
    assert.equal(await dict.get([1]), undefined);
  });

  it('a list does what an array does', async () => {
    const list = manager.list(['a', 'b', 'c']);
    await list.append('d');
    assert.deepEqual([await list.at(0), await list.at(-1), await list.at(9)], ['a', 'd', undefined]);
    await list.set(-1, 'D');
    await list.set(0, 'A');
    await assert.rejects(list.set(4, 'x'), RangeError);
    assert.deepEqual(await list.splice(1, 1, 'x', 'y'), ['b']);
    assert.deepEqual(await list.toArray(), ['A', 'x', 'y', 'c', 'D']);
    assert.deepEqual(await list.splice(-2), ['c', 'D']);
    assert.deepEqual(await list.splice(1, 0), []);
    assert.equal(await list.length(), 3);
  });

  it('a namespace has properties', async () => {
    const space = manager.namespace<{ size: number; name?: string; list: number[] }>({ size: 1, list: [1] });
    await space.set('name', 'x');
    await space.set('size', 2);
    assert.deepEqual(await space.get('list'), [1]);
    assert.deepEqual(await space.toObject(), { size: 2, list: [1], name: 'x' });
    assert.deepEqual([await space.delete('name'), await space.delete('name')], [true, false]);
    assert.equal(await space.get('name'), undefined);
    assert.deepEqual(await manager.namespace().toObject(), {});
  });

  it('values and arrays hold what their types can hold', async () => {
    const byte = manager.value('u8', 255);
    assert.equal(await byte.update(managed.increment), 0);
    await byte.set(513);
    assert.equal(await byte.get(), 1);
    assert.equal(await manager.value('i64', 5n).get(), 5n);
    assert.equal(await manager.value('d').get(), 0);
    const array = manager.array('f32', [1, 2, 0.1]);
    assert.deepEqual(await array.toArray(), [1, 2, Math.fround(0.1)]);
    await array.set(-3, 7);
    assert.deepEqual([await array.at(0), await array.at(-2), await array.at(3)], [7, 2, undefined]);
    await assert.rejects(array.set(3, 1), RangeError);
    assert.equal(await manager.array('i32', 1000).length(), 1000);
    assert.throws(() => manager.value('x' as 'i32'), TypeError);
    assert.throws(() => manager.array('i32', -1), RangeError);
  });

  it('a queue keeps its order and its limit', async () => {
    const queue = manager.queue<number>(2);
    await queue.put(1);
    await queue.putNoWait(2);
    await assert.rejects(queue.putNoWait(3), QueueFullError);
    await assert.rejects(queue.put(3, { timeout: 10 }), QueueFullError);
    assert.deepEqual([await queue.full(), await queue.empty(), await queue.qsize()], [true, false, 2]);
    const late = [queue.put(3), queue.put(4)];
    assert.deepEqual([await queue.get(), await queue.getNoWait(), await queue.get()], [1, 2, 3]);
    await Promise.all(late);
    assert.equal(await queue.get({ timeout: 0 }), 4);
    await assert.rejects(queue.getNoWait(), QueueEmptyError);
    await assert.rejects(queue.get({ timeout: 10 }), QueueEmptyError);
    await assert.rejects(queue.get({ timeout: 0 }), QueueEmptyError);
    assert.throws(() => manager.queue(-1), RangeError);
  });

  it('a joinable queue tells when everything is finished', async () => {
    const queue = manager.joinableQueue<number>();
    await queue.join();
    await queue.put(1);
    await queue.put(2);
    await assert.rejects(queue.taskDone(), ManycoreError);
    let joined = false;
    const joining = queue.join().then(() => {
      joined = true;
    });
    await queue.get();
    await queue.taskDone();
    await assert.rejects(queue.taskDone(), ManycoreError);
    assert.equal(joined, false);
    await queue.get();
    await queue.taskDone();
    await joining;
  });

  it('update runs one function after the other, also those that wait', async () => {
    const dict = manager.dict<string, number>();
    const value = manager.value('i32');
    await Promise.all([
      ...range(50).flatMap(() => [
        dict.update('n', managed.incrementSlowly),
        dict.update('n', managed.increment),
        value.update(managed.incrementSlowly),
      ]),
      // A step that comes in between sees no half of one.
      dict.get('n'),
    ]);
    assert.deepEqual([await dict.get('n'), await value.get()], [100, 50]);
    const lists = manager.dict<string, number[]>();
    await Promise.all(range(5).map(() => lists.update('list', managed.addTo)));
    assert.deepEqual(await lists.get('list'), [0, 1, 2, 3, 4]);
  });

  it('an update that fails changes nothing, and tells why', async () => {
    const dict = manager.dict<string, unknown>([['a', 1]]);
    const error = await errorOf(dict.update('a', managed.refuse));
    assert.ok(error instanceof managed.OutOfStock);
    assert.deepEqual([error.message, error.article], ['no tea', 'tea']);
    assert.match(error.stack ?? '', /managed\.ts.*[\s\S]*objects\.test\.ts/);
    const unsendable = await errorOf(dict.update('a', managed.unsendable));
    assert.ok(unsendable instanceof SerializationError);
    assert.equal(unsendable.path, 'the new value.answer');
    await assert.rejects(
      dict.update('a', () => 2),
      NotImportableError,
    );
    assert.equal(await dict.get('a'), 1);
  });

  it('refuses what cannot cross at the call, with its place', async () => {
    const dict = manager.dict();
    const error = await errorOf(dict.set('a', { list: [Promise.resolve()] }));
    assert.ok(error instanceof SerializationError);
    assert.equal(error.path, 'value.list[0]');
    assert.match(error.stack ?? '', /objects\.test\.ts/);
    await assert.rejects(manager.list().append(Symbol('no')), SerializationError);
    assert.throws(
      () => manager.dict([['a', Symbol('no')]]),
      (refused: SerializationError) => refused.path === 'init[0][1]',
    );
    await dict.set('a', 1);
    assert.deepEqual(await dict.entries(), [['a', 1]]);
  });

  it('makes objects of exported classes, whose methods may wait', async () => {
    manager.register('Counter', managed.Counter);
    const counter = await manager.create<typeof managed.Counter>('Counter', 5);
    assert.equal(await counter.add(2), 7);
    assert.deepEqual(await Promise.all([counter.addSlowly(1), counter.add(10)]), [18, 17]);
    assert.deepEqual(Object.keys(counter), []);
    const error = await errorOf(counter.take('coffee'));
    assert.ok(error instanceof managed.OutOfStock);
    assert.equal(error.article, 'coffee');
    assert.match(error.stack ?? '', /managed\.ts.*[\s\S]*objects\.test\.ts/);
    await assert.rejects(counter.add(Symbol('no') as never), SerializationError);
  });

  it('does not take an object with a method `then` for a promise', async () => {
    manager.register('Promising', managed.Promising);
    const promising = await manager.create<new () => { add(n: number): number }>('Promising');
    assert.equal(await (await promising).add(1), 2);
    assert.equal(Reflect.get(promising, 'then'), undefined);
  });

  it('tells why an object could not be made', async () => {
    await assert.rejects(manager.create('Nothing'), /no class Nothing was registered/);
    manager.register('Counter', managed.Counter);
    await assert.rejects(manager.create<typeof managed.Counter>('Counter', -1), managed.OutOfStock);
    class Local {}
    assert.throws(() => manager.register('Local', Local), NotImportableError);
  });

  it('answers ten thousand calls at once', async () => {
    const list = manager.list<number>();
    await Promise.all(range(10_000).map((n) => list.append(n)));
    assert.deepEqual(await list.toArray(), range(10_000));
    const large = 'x'.repeat(5_000_000);
    const dict = manager.dict([['large', large]]);
    const copies = await Promise.all(range(10).map(() => dict.get('large')));
    assert.ok(copies.every((copy) => copy === large));
  });

  it('rejects with EOFError after the shutdown, and what was waiting, too', async () => {
    const [dict, queue, lock] = [manager.dict(), manager.queue(), manager.lock()];
    await lock.acquire();
    const waiting = [queue.get(), lock.acquire(), manager.event().wait(), dict.update('a', managed.forever)];
    const errors = Promise.all(waiting.map(errorOf));
    await queue.qsize();
    await manager.shutdown();
    for (const error of await errors) assert.ok(error instanceof EOFError, String(error));
    await assert.rejects(dict.get('a'), EOFError);
    await assert.rejects(manager.list([1]).length(), EOFError);
    await assert.rejects(manager.create('Counter'), EOFError);
    await manager.shutdown();
  });
});
