import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ShareableItem, ShareableList, SharedMemory } from '../../../runtime/index.ts';
import { newName } from './shm.ts';

describe('a shareable list', () => {
  const made: ShareableList[] = [];
  const listOf = (values: Iterable<ShareableItem>, name?: string) => {
    const list = new ShareableList(values, { name });
    made.push(list);
    return list;
  };
  afterEach(() => {
    for (const { shm } of made.splice(0)) {
      shm.unlink();
      shm.close();
    }
  });

  const items = [
    1,
    -0.5,
    2n ** 63n - 1n,
    -5n,
    true,
    false,
    'text',
    'Grüße €',
    '\ud800',
    '',
    null,
    Uint8Array.of(1, 0),
  ];

  it('holds items of all kinds, for all who know its name', () => {
    const list = listOf(new Set(items), newName());
    assert.deepEqual([...list], items);
    assert.equal(list.length, items.length);
    const other = new ShareableList(undefined, { name: list.shm.name });
    assert.deepEqual([...other], items);
    other.set(0, 'new');
    assert.equal(list.at(0), 'new');
    other.shm.close();
  });

  it('counts from the end for negative indexes', () => {
    const list = listOf([1, 2, 3]);
    assert.deepEqual([list.at(-1), list.at(0), list.at(3), list.at(-4)], [3, 1, undefined, undefined]);
    list.set(-3, 9);
    assert.deepEqual([...list], [9, 2, 3]);
    for (const index of [3, -4]) assert.throws(() => list.set(index, 1), RangeError);
  });

  it('lets an item become one of another kind that fits', () => {
    const list = listOf([1, 'a string of some length', null]);
    list.set(0, 'eight ch');
    list.set(1, 5n);
    list.set(1, 'another one');
    list.set(2, 1.5);
    assert.deepEqual([...list], ['eight ch', 'another one', 1.5]);
    assert.throws(() => list.set(0, 'nine char'), {
      name: 'RangeError',
      message: /item 0 has room for 8 bytes/,
    });
    assert.throws(() => list.set(2, new Uint8Array(9)), RangeError);
    assert.deepEqual([...list], ['eight ch', 'another one', 1.5]);
  });

  it('finds items', () => {
    const list = listOf([1, 'a', 1n, 'a', Uint8Array.of(7), null]);
    assert.equal(list.count('a'), 2);
    assert.equal(list.count(2), 0);
    assert.equal(list.indexOf(1n), 2);
    assert.equal(list.indexOf(Uint8Array.of(7)), 4);
    assert.equal(list.indexOf(null), 5);
    assert.equal(list.indexOf('b'), -1);
  });

  it('may be empty', () => {
    const list = listOf([]);
    assert.deepEqual([...list], []);
    assert.equal(list.at(0), undefined);
  });

  it('refuses what it cannot hold', () => {
    for (const value of [undefined, {}, [], Symbol('x'), new Date()])
      assert.throws(() => listOf([value as never]), TypeError);
    assert.throws(() => listOf([2n ** 63n]), RangeError);
    assert.throws(() => new ShareableList(), TypeError);
    const list = listOf([1]);
    assert.throws(() => list.set(0, {} as never), TypeError);
    assert.equal(list.at(0), 1);
  });

  it('is not found in a segment that holds none', () => {
    const shm = new SharedMemory({ create: true, size: 100 });
    assert.throws(() => new ShareableList(undefined, { name: shm.name }), /holds no ShareableList/);
    new Uint32Array(shm.buffer, 0, 2).set([0x4c53434d, 2 ** 31]);
    assert.throws(() => new ShareableList(undefined, { name: shm.name }), /holds no ShareableList/);
    shm.unlink();
    shm.close();
    const tiny = new SharedMemory({ create: true, size: 3 });
    assert.throws(() => new ShareableList(undefined, { name: tiny.name }), /holds no ShareableList/);
    tiny.unlink();
    tiny.close();
  });

  it('cannot be used after its segment was closed', () => {
    const list = new ShareableList([1]);
    list.shm.unlink();
    list.shm.close();
    assert.throws(() => list.at(0), /was closed/);
    assert.throws(() => list.set(0, 2), /was closed/);
    assert.throws(() => [...list], /was closed/);
  });
});
