import assert from 'node:assert/strict';
import type { Records } from '../../src/job/records.ts';
import { survey, surveyOnce } from '../../src/job/survey.ts';

async function all(records: Records): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const record of records) list.push(record);
  return list;
}

function* count(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
}

describe('survey', () => {
  it('sees a short input whole and gives all items for the run', async () => {
    const seen = await survey(() => count(10), 1);
    assert.equal(seen.complete, true);
    assert.equal(seen.seen, 10);
    assert.deepEqual(
      seen.sample.map(({ index }) => index).sort((a, b) => a - b),
      [...count(10)],
    );
    assert.deepEqual(await all(seen.items), [...count(10)]);
  });

  it('does not read a short input again', async () => {
    let passes = 0;
    const read = () => {
      passes++;
      return count(2000);
    };
    assert.deepEqual(await all((await survey(read, 1)).items), [...count(2000)]);
    assert.equal(passes, 1);
  });

  it('draws evenly from the whole input, the same for the same seed', async () => {
    const read = () => count(50_000);
    const indexes = (await survey(read, 7)).sample.map(({ index }) => index);
    assert.equal(new Set(indexes).size, 2000);
    const mean = indexes.reduce((sum, index) => sum + index, 0) / indexes.length;
    assert.ok(mean > 23_000 && mean < 27_000, `mean index ${mean}`);
    assert.deepEqual(
      (await survey(read, 7)).sample.map(({ index }) => index),
      indexes,
    );
  });

  it('holds few of very large items', async () => {
    const large = 'x'.repeat(1024 * 1024);
    const { sample } = await survey(() => Array.from({ length: 100 }, () => large), 1);
    assert.ok(sample.length > 0 && sample.length <= 16, `${sample.length} of 1 MiB each`);
  });

  it('fails where the input fails', async () => {
    await assert.rejects(
      survey(function* () {
        yield 1;
        throw new RangeError('record 2');
      }, 1),
      /record 2/,
    );
  });
});

describe('surveyOnce', () => {
  it('gives the items it has looked at again, in order, then the others', async () => {
    const seen = await surveyOnce(count(10_000), 1);
    assert.equal(seen.complete, false);
    assert.deepEqual(await all(seen.items), [...count(10_000)]);
  });

  it('knows the number of items of a short input', async () => {
    const seen = await surveyOnce(count(3), 1);
    assert.deepEqual([seen.complete, seen.seen], [true, 3]);
  });

  it('does not wait for ever for the second item', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      yield 2;
    }
    const seen = await surveyOnce(slow(), 1);
    assert.equal(seen.seen, 1);
    assert.deepEqual(await all(seen.items), [1, 2]);
  });

  it('closes the input when the run leaves it', async () => {
    let closed = false;
    async function* input(): AsyncGenerator<number> {
      try {
        yield* count(10_000);
      } finally {
        closed = true;
      }
    }
    const seen = await surveyOnce(input(), 1);
    for await (const _ of seen.items) break;
    assert.equal(closed, true);
  });
});
