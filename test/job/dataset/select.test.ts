import assert from 'node:assert/strict';
import { type Selection, selectedCount, selectRecords } from '../../../src/job/dataset/dataset.ts';

async function* later(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number;
}

const numbers = (count: number) => Array(count).keys();
const select = (count: number, selection: Selection) => [...selectRecords(numbers(count), selection)];

describe('selecting records', () => {
  it('skips, then limits', () => {
    assert.deepEqual(select(10, { skip: 3, limit: 4 }), [3, 4, 5, 6]);
    assert.deepEqual(select(3, { skip: 5 }), []);
    assert.deepEqual(select(3, { limit: 0 }), []);
    assert.deepEqual(select(3, {}), [0, 1, 2]);
  });

  it('samples what skip and limit leave, in the order of the records', () => {
    const sample = select(1000, { skip: 100, limit: 50, sample: 10 }) as number[];
    assert.equal(new Set(sample).size, 10);
    assert.ok(sample.every((number) => number >= 100 && number < 150));
    assert.deepEqual(
      sample,
      sample.toSorted((one, other) => one - other),
    );
    assert.deepEqual(select(3, { sample: 10 }), [0, 1, 2]);
  });

  it('takes the same sample for the same seed, another one for another', () => {
    assert.deepEqual(select(1000, { sample: 20, seed: 7 }), select(1000, { sample: 20, seed: 7 }));
    assert.deepEqual(select(1000, { sample: 20 }), select(1000, { sample: 20, seed: 1 }));
    assert.notDeepEqual(select(1000, { sample: 20, seed: 7 }), select(1000, { sample: 20, seed: 8 }));
  });

  it('takes every record with the same chance', () => {
    const taken = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      for (const number of select(20, { sample: 5, seed }) as number[])
        taken[number] = (taken[number] ?? 0) + 1;
    }
    // 1000 expected of each, standard deviation 27.4: five of them.
    for (const count of taken) assert.ok(Math.abs(count - 1000) < 137, taken.join(' '));
  });

  it('gives the same for async records as for plain ones', async () => {
    for (const selection of [
      { skip: 2, limit: 3 },
      { sample: 4, seed: 3 },
      { skip: 1, limit: 50, sample: 9 },
      { limit: 0 },
      {},
    ]) {
      const seen: unknown[] = [];
      for await (const record of selectRecords(later(100), selection)) seen.push(record);
      assert.deepEqual(seen, select(100, selection));
    }
  });

  it('takes no record more than it needs, and closes the source', () => {
    let [given, closed] = [0, false];
    function* source(): Generator<number> {
      try {
        for (;;) yield given++;
      } finally {
        closed = true;
      }
    }
    assert.deepEqual([...selectRecords(source(), { skip: 2, limit: 3 })], [2, 3, 4]);
    assert.deepEqual([given, closed], [5, true]);
  });

  it('tells how many records are left', () => {
    for (const selection of [
      {},
      { skip: 3 },
      { limit: 4 },
      { skip: 8, limit: 4 },
      { skip: 20 },
      { sample: 3 },
      { limit: 2, sample: 3 },
    ]) {
      assert.equal(selectedCount(10, selection), select(10, selection).length);
    }
    assert.equal(selectedCount(null, { limit: 4 }), null);
    assert.equal(selectedCount(null, { limit: 0 }), 0);
  });

  it('refuses what is no whole number', () => {
    assert.throws(() => select(3, { skip: -1 }), {
      code: 'ERR_MANYCORE_USAGE',
      exitCode: 2,
      message: /--skip -1/,
    });
    assert.throws(() => select(3, { sample: 1.5 }), /--sample 1\.5/);
    assert.throws(() => select(3, { limit: Number.NaN }), /--limit NaN/);
  });
});
