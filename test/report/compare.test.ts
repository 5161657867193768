import assert from 'node:assert/strict';
import { compareRuns } from '../../src/report/compare.ts';
import { summarise } from '../../src/report/summary.ts';
import { runFacts, workerFacts } from './facts.ts';

describe('two runs beside each other', () => {
  const first = { ...summarise(runFacts()), functionHash: 'a' };
  const facts = (second: typeof first) =>
    new Map(compareRuns(first, second).map(({ name, ...fact }) => [name, fact] as const));

  it('differ in nothing when they are the same', () => {
    assert.deepEqual(
      [...facts(first).values()].filter(({ differs }) => differs),
      [],
    );
  });

  it('differ in what was run and in how long an item took', () => {
    const workers = [workerFacts({ busyMs: 1800 })];
    const second = { ...summarise(runFacts({ workers, dataset: 'other.csv' })), functionHash: 'b' };
    const compared = facts(second);
    assert.deepEqual(compared.get('code'), { first: 'a', second: 'b', differs: true, ratio: null });
    assert.equal(compared.get('dataset')?.second, 'other.csv');
    const item = compared.get('computing an item');
    assert.deepEqual([item?.first, item?.second, item?.ratio], ['100 ms', '200 ms', 2]);
    assert.equal(compared.get('Node')?.differs, false);
  });
});
