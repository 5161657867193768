import assert from 'node:assert/strict';
import {
  notRunIndex,
  packItem,
  packNotRun,
  packRecord,
  unpackItem,
  unpackRecord,
} from '../../src/job/task-text.ts';

describe('items and outcomes between job host and worker', () => {
  for (const item of [
    0,
    -0,
    1.5,
    'a\tb\n',
    null,
    true,
    [1, [2]],
    { a: { b: 'c' }, $d: 1 },
    undefined,
    Number.NaN,
    3n,
  ]) {
    it(`keeps ${typeof item === 'bigint' ? '3n' : Object.is(item, -0) ? '-0' : JSON.stringify(item)} as it is`, () => {
      const { index, item: received } = unpackItem(packItem(7, item));
      assert.equal(index, 7);
      assert.deepStrictEqual(received, item);
    });
  }

  it('keeps a property that is undefined, and what JSON does not have', () => {
    const item = { missing: undefined, when: new Date(5), list: new Map([[1, 2]]) };
    assert.deepStrictEqual(unpackItem(packItem(0, item)).item, item);
  });

  it('gives the text that keys are made of, whichever way the item went', () => {
    assert.equal(unpackItem(packItem(0, { a: 1 })).text, '{"a":1}');
    assert.equal(unpackItem([0, { a: 1 }]).text, '{"a":1}');
  });

  it('gives an outcome back', () => {
    const record = {
      ...{
        index: 12,
        ok: true,
        key: 'aB-_',
        text: '"a\\tb"',
        begin: 1_764_000_000_000.25,
        ms: 0.5,
        encodeMs: 0,
      },
      pid: 99,
    };
    assert.deepEqual(unpackRecord(packRecord(record)), record);
    assert.equal(unpackRecord(packRecord({ ...record, ok: false })).ok, false);
  });

  it('tells an item that did not begin from an outcome', () => {
    assert.equal(notRunIndex(packNotRun(packItem(12, 'a\tb'))), 12);
    assert.equal(notRunIndex(packNotRun(packItem(3, undefined))), 3);
    const record = { index: 4, ok: true, key: '', text: '1', begin: 0, ms: 1, encodeMs: 0, pid: 1 };
    assert.equal(notRunIndex(packRecord(record)), undefined);
  });
});
