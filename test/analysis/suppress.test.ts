import assert from 'node:assert/strict';
import { Suppressions } from '../../src/analysis/suppress.ts';

describe('suppression comments', () => {
  it('cover the rules that they name on the next line, with a reason', () => {
    const found = new Suppressions('// manycore-ignore-next-line a, b -- measured\nx();\ny();');
    assert.deepEqual([found.covers('a', 2), found.covers('b', 2)], ['yes', 'yes']);
    assert.deepEqual([found.covers('c', 2), found.covers('a', 1), found.covers('a', 3)], ['no', 'no', 'no']);
  });

  it('do not count without a reason', () => {
    assert.equal(new Suppressions('// manycore-ignore-next-line a\nx();').covers('a', 2), 'no-reason');
    assert.equal(new Suppressions('// manycore-ignore-next-line a --\nx();').covers('a', 2), 'no-reason');
  });

  it('cover a whole file', () => {
    const found = new Suppressions('x();\n/* manycore-ignore-file a -- generated */\ny();');
    assert.deepEqual(
      [found.covers('a', 1), found.covers('a', 99), found.covers('b', 1)],
      ['yes', 'yes', 'no'],
    );
  });
});
