import assert from 'node:assert/strict';
import { chooseChunk, chooseWorkers } from '../../src/job/calibration.ts';

describe('calibration', () => {
  const config = { function: 'f', data: 'd', cwd: '/' };

  it('takes as many workers as asked for, but never more than there are items', () => {
    assert.equal(chooseWorkers({ ...config, workers: 8 }, null).count, 8);
    assert.equal(chooseWorkers({ ...config, workers: 8 }, 100).count, 8);
    assert.deepEqual(chooseWorkers({ ...config, workers: 8 }, 3).count, 3);
    assert.equal(
      chooseWorkers({ ...config, workers: 8 }, 1).reason,
      'there is only 1 item; otherwise 8: as asked for with --workers 8',
    );
    assert.equal(chooseWorkers({ ...config, workers: 8 }, 0).count, 0);
  });

  it('sends items of some ms together, and leaves enough chunks to end together', () => {
    assert.equal(chooseChunk('auto', { mean: 5, count: 10_000, workers: 2 }).size, 8);
    assert.equal(chooseChunk('auto', { mean: 5, count: 100, workers: 2 }).size, 3);
    assert.equal(chooseChunk('auto', { mean: 5, count: 10, workers: 2 }).size, 1);
    assert.equal(chooseChunk('auto', { mean: 500, count: 10_000, workers: 2 }).size, 1);
  });

  it('leaves it to the pool where items are short, or not known', () => {
    for (const facts of [
      { mean: 0.01, count: 10_000 },
      { mean: null, count: 10_000 },
      { mean: 5, count: null },
    ]) {
      assert.equal(chooseChunk(undefined, { ...facts, workers: 2 }).size, 'auto');
    }
  });

  it('does what it is told', () => {
    assert.equal(chooseChunk(7, { mean: 5, count: 10, workers: 2 }).size, 7);
  });
});
