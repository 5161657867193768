import assert from 'node:assert/strict';
import { parseRange } from '../../../src/job/dataset/range.ts';

const items = (range: string) => [...parseRange(range).records()];

describe('range:', () => {
  it('counts from START up to STOP, which is not included', () => {
    assert.deepEqual(items('0:5'), [0, 1, 2, 3, 4]);
    assert.deepEqual(items('-2:2'), [-2, -1, 0, 1]);
    assert.deepEqual(items('0:10:3'), [0, 3, 6, 9]);
  });

  it('counts down with a negative STEP', () => {
    assert.deepEqual(items('5:-1:-2'), [5, 3, 1]);
    assert.deepEqual(items('1:0:-0.25'), [1, 0.75, 0.5, 0.25]);
  });

  it('gives the number nearest to START + i * STEP: no rounding accumulates', () => {
    assert.deepEqual(items('0:1:0.1'), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    assert.equal(items('0:1000:0.1')[9999], 999.9);
    assert.equal(items('1:2:1e-3').length, 1000);
    assert.deepEqual(items('0.05:0.3:0.1'), [0.05, 0.15, 0.25]);
  });

  it('knows its count, also of a last step that does not fit', () => {
    for (const range of ['0:10', '0:10:3', '10:0:-3', '0:1:0.3', '3:3', '0:1_000']) {
      assert.equal(parseRange(range).count, items(range).length, range);
    }
    assert.equal(parseRange('0:1e15').count, 1e15);
  });

  it('has no items when START is STOP', () => {
    assert.deepEqual(items('3:3'), []);
  });

  it('gives ten million numbers one at a time, in a plain loop', () => {
    let sum = 0;
    for (const number of parseRange('0:10_000_000').records()) sum += number;
    assert.equal(sum, (9_999_999 * 10_000_000) / 2);
  });

  it('says how to turn a range that leads away from its end', () => {
    assert.throws(() => parseRange('10:0'), { name: 'DatasetError', hint: /range:10:0:-1 / });
    assert.throws(() => parseRange('0:10:-2'), { hint: /range:0:10:2 / });
  });

  it('refuses what is no range and says why', () => {
    assert.throws(() => parseRange('5'), /range:5 is not a range: it has 1 part/);
    assert.throws(() => parseRange('0:10:1:1'), /it has 4 parts/);
    assert.throws(() => parseRange('0:ten'), /"ten" is not a number/);
    assert.throws(() => parseRange('0:'), /"" is not a number/);
    assert.throws(() => parseRange('0:10:0'), /its STEP is 0/);
    assert.throws(() => parseRange('0:1e17'), /more digits/);
    assert.throws(() => parseRange('0:1:1e-25'), /more digits/);
  });
});
