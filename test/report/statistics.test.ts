import assert from 'node:assert/strict';
import { mean, sampleMean, t95, variance } from '../../src/report/statistics.ts';
import { seeded } from './facts.ts';

describe('statistics', () => {
  it('computes mean and sample variance of a known set', () => {
    assert.equal(mean([2, 4, 4, 4, 5, 5, 7, 9]), 5);
    assert.ok(Math.abs(variance([2, 4, 4, 4, 5, 5, 7, 9]) - 32 / 7) < 1e-12);
  });

  it('gives the published quantiles of Student’s t', () => {
    assert.equal(t95(1), 12.706);
    assert.equal(t95(10), 2.228);
    assert.ok(Math.abs(t95(40) - 2.021) < 5e-4);
    assert.ok(Math.abs(t95(60) - 2.0) < 5e-4);
    assert.ok(Math.abs(t95(100) - 1.984) < 5e-4);
    assert.ok(Math.abs(t95(1e9) - 1.959964) < 1e-6);
  });

  it('corrects the interval for a sample that is a large part of the whole', () => {
    // Mean 3, s² 2.5, n 5 of 10: half width 2.776 x sqrt(2.5/5 x 1/2) = 1.388.
    const { mean: centre, interval } = sampleMean([1, 2, 3, 4, 5], 10);
    assert.equal(centre, 3);
    assert.ok(
      interval !== null && Math.abs(interval[0] - 1.612) < 1e-9 && Math.abs(interval[1] - 4.388) < 1e-9,
    );
  });

  it('has no width when everything was measured and no interval when one of many was', () => {
    assert.deepEqual(sampleMean([1, 2, 3], 3).interval, [2, 2]);
    assert.equal(sampleMean([1], 100).interval, null);
  });

  it('holds the true mean in about 95 of 100 samples', () => {
    const random = seeded(1);
    const population = Array.from({ length: 1000 }, () => 10 + 5 * random() + 5 * random());
    const truth = mean(population);
    let held = 0;
    for (let trial = 0; trial < 1000; trial++) {
      // A partial Fisher-Yates shuffle: 30 drawn without replacement.
      const pool = [...population];
      const sample = Array.from({ length: 30 }, (_, index) => {
        const at = index + Math.floor(random() * (pool.length - index));
        const taken = pool[at] ?? 0;
        pool[at] = pool[index] ?? 0;
        return taken;
      });
      const { interval } = sampleMean(sample, population.length);
      if (interval !== null && interval[0] <= truth && truth <= interval[1]) held++;
    }
    assert.ok(held >= 930 && held <= 970, `${held} of 1000`);
  });
});
