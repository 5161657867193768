import assert from 'node:assert/strict';
import { type DatasetError, MAX_RECORD_BYTES, openDataset } from '../../../src/job/dataset/dataset.ts';
import { JsonArrayReader } from '../../../src/job/dataset/json.ts';
import { readContent, TempFolder } from './reading.ts';

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
      const reader = new JsonArrayReader('a.json', ['data']);
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
    await assert.rejects(readContent('a.json', '<html>'), /a\.json:1 cannot be read on: Unexpected "<"/);
  });

  it('gives the elements before a broken place, then says where it is and that nothing after it can be read', async () => {
    for (const onBadRecord of ['fail', 'skip'] as const) {
      using folder = new TempFolder();
      folder.write('a.json', '[1,\n2,\n{"a": nope},\n4]');
      const dataset = await openDataset('a.json', { cwd: folder.path, onBadRecord });
      const seen: unknown[] = [];
      const read = async () => {
        for await (const record of dataset.records()) seen.push(record);
      };
      await assert.rejects(read, (error: DatasetError) => {
        assert.equal(error.name, 'DatasetError');
        assert.match(error.message, /a\.json:3 \(element 2\) cannot be read on: Unexpected "o"/);
        assert.match(error.hint ?? '', /not skipped either.*jsonl:FILE/);
        assert.equal(error.exitCode, 2);
        assert.equal(error.at?.line, 3);
        return true;
      });
      assert.deepEqual(seen, [1, 2]);
    }
  });

  it('refuses what JSON does not have: two values without a comma, a comma too many, another bracket', async () => {
    await assert.rejects(readContent('a.json', '[1,\n 2 3]'), /:2 \(element 2\) .* Unexpected NUMBER \(3\)/);
    await assert.rejects(readContent('a.json', '[1,,2]'), /Unexpected COMMA/);
    await assert.rejects(readContent('a.json', '[1,]'), /Unexpected RIGHT_BRACKET/);
    await assert.rejects(readContent('a.json', '[{"a": [2}'), /Unexpected RIGHT_BRACE/);
    await assert.rejects(readContent('a.json#/b', '{"a" 1}'), /:1 cannot be read on: unexpected 1/);
  });

  it('refuses an array that is cut off and says in which element', async () => {
    await assert.rejects(readContent('a.json', '[1,\n{"a": [2'), /cut off: it ends on line 2, in element 1/);
    await assert.rejects(readContent('a.json', '[1, "x'), /in element 1/);
    await assert.rejects(readContent('a.json', '['), /in element 0/);
    await assert.rejects(readContent('a.json#/b', '{"a": 1, '), /before #\/b/);
  });

  it('refuses what follows the array', async () => {
    await assert.rejects(readContent('a.json', '[1]\n[2]'), {
      message: /a\.json:2 is not JSON: something follows/,
      hint: /jsonl:FILE/,
    });
  });

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('["a",\n"'), Buffer.from([0xff]), Buffer.from('", "b"]')]);
    await assert.rejects(
      readContent('a.json', bytes),
      /a\.json:\d \(element 1\) cannot be read on: not valid UTF-8/,
    );
  });

  it('refuses an element above the limit without holding it', () => {
    const reader = new JsonArrayReader('a.json', []);
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    assert.deepEqual([...reader.push(Buffer.from('[1, {"a":'))], [1]);
    assert.throws(() => {
      for (let read = 0; read <= MAX_RECORD_BYTES + megabyte.length; read += megabyte.length)
        assert.deepEqual([...reader.push(megabyte)], []);
    }, /element 1\) cannot be read on: it has more than \d+ bytes/);
  });
});
