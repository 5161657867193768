import assert from 'node:assert/strict';
import type { DatasetError } from '../../../src/job/dataset/dataset.ts';
import { JsonArrayReader } from '../../../src/job/dataset/json.ts';
import { readContent, readSkipping } from './reading.ts';

const NESTED =
  '{ "x": 1, "s": "]}", "a/b": { "~k": [[0], [1, 2]], "": {"deep": [9]} }, "data": [1, {"q": "3,]"}], "z": [] }';

describe('JSON arrays', () => {
  it('gives the elements of an array in their order, whatever they are', async () => {
    assert.deepEqual(await readContent('a.json', '[{"a":[1]}, 2, "x,]\\"", [1,[2]], null, true, -1.5e3]'), [
      { a: [1] },
      2,
      'x,]"',
      [1, [2]],
      null,
      true,
      -1500,
    ]);
  });

  it('gives the same elements however the bytes are cut', () => {
    const value = [{ a: 'é\u{1F600}\n"]' }, [[], {}], 'x\\', -1.5, null, { 'k,]': [{ b: {} }] }];
    const bytes = Buffer.from(
      `\uFEFF{"skip": {"data": [7]}, "da\\u0074a": ${JSON.stringify(value, null, 1)} }`,
    );
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new JsonArrayReader('a.json', ['data'], (error) => {
        throw error;
      });
      const records: unknown[] = [];
      for (let at = 0; at < bytes.length && !reader.done; at += size)
        records.push(...reader.push(bytes.subarray(at, at + size)));
      records.push(...reader.end());
      assert.deepEqual(records, value, `in pieces of ${size}`);
    }
  });

  it('follows a JSON Pointer through keys and indices', async () => {
    assert.deepEqual(await readContent('a.json#/data', NESTED), [1, { q: '3,]' }]);
    assert.deepEqual(await readContent('a.json#/a~1b/~0k/1', NESTED), [1, 2]);
    assert.deepEqual(await readContent('a.json#/a~1b//deep', NESTED), [9]);
    assert.deepEqual(await readContent('a.json#/z', NESTED), []);
    assert.deepEqual(await readContent('a.json#/0', '[[1],[2]]'), [1]);
  });

  it('has no items in an empty array and in an empty file', async () => {
    assert.deepEqual(await readContent('a.json', ' [ ] \n'), []);
    assert.deepEqual(await readContent('a.json', ''), []);
    assert.deepEqual(await readContent('a.json', ' \n'), []);
  });

  it('names the arrays there are when it finds an object', async () => {
    await assert.rejects(readContent('a.json', NESTED), {
      name: 'DatasetError',
      message: /the whole document is an object, not an array/,
      hint: 'Name an array in it: #/data, #/z',
    });
    await assert.rejects(readContent('a.json#/a~1b', NESTED), { hint: 'Name an array in it: #/a~1b/~0k' });
    await assert.rejects(readContent('a.json', '{"a": 1}\n{"a": 2}\n'), { hint: /jsonl:FILE/ });
  });

  it('says where a pointer leads nowhere', async () => {
    await assert.rejects(readContent('a.json#/none', NESTED), /the whole document has no key "none"/);
    await assert.rejects(readContent('a.json#/data/7', NESTED), /#\/data has no element 7/);
    await assert.rejects(readContent('a.json#/z/0', NESTED), /#\/z has no element 0/);
    await assert.rejects(readContent('a.json#/data/x', NESTED), /#\/data is an array, so "x" leads nowhere/);
    await assert.rejects(readContent('a.json#/s', NESTED), /#\/s is a string, not an array/);
    await assert.rejects(readContent('a.json#/x/y', NESTED), /#\/x is a number, not an object or array/);
    await assert.rejects(readContent('a.json', 'null'), /the whole document is null/);
    await assert.rejects(readContent('a.json', '<html>'), /is no JSON value \("<"\)/);
  });

  it('tells line and element of a bad element', async () => {
    await assert.rejects(readContent('a.json', '[1,\n2,\n{"a": nope},\n4]'), (error: DatasetError) => {
      assert.equal(error.name, 'BadRecordError');
      assert.match(error.message, /a\.json:3 \(element 2\): Unexpected token/);
      assert.equal(error.exitCode, 2);
      assert.equal(error.at?.line, 3);
      return true;
    });
  });

  it('goes on after bad elements when they are to be skipped', async () => {
    const { records, skipped } = await readSkipping('a.json', '[1,\n{"a": nope},\n 2 3,,\n{"b": 1]}, 5,\n]');
    assert.deepEqual(records, [1, 5]);
    assert.deepEqual(
      skipped.map((line) => line.replace(/(Unexpected|Expected).*/, 'unexpected')),
      [
        '2: unexpected',
        '3: unexpected',
        '3: there is nothing between two commas, or after the last one',
        '4: unexpected',
        '5: there is nothing between two commas, or after the last one',
      ],
    );
  });

  it('refuses an array that is cut off and says in which element', async () => {
    await assert.rejects(
      readContent('a.json', '[1,\n{"a": [2}'),
      /cut off: it ends in element 1, which begins on line 2/,
    );
    await assert.rejects(readContent('a.json', '[1, "x'), /element 1/);
    await assert.rejects(readContent('a.json', '['), /after the \[ of its array/);
    await assert.rejects(readContent('a.json#/b', '{"a": 1, '), /before #\/b is reached/);
  });

  it('refuses what follows the array', async () => {
    await assert.rejects(readContent('a.json', '[1]\n[2]'), {
      message: /a\.json:2 is not JSON: something follows/,
      hint: /jsonl:FILE/,
    });
  });

  it('takes invalid UTF-8 for a bad element', async () => {
    const bytes = Buffer.concat([Buffer.from('["a", "'), Buffer.from([0xff]), Buffer.from('", "b"]')]);
    assert.deepEqual(await readSkipping('a.json', bytes), {
      records: ['a', 'b'],
      skipped: ['1: not valid UTF-8'],
    });
  });
});
