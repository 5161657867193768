import assert from 'node:assert/strict';
import { type SweepFacts, scale } from '../../src/report/scaling.ts';
import { summarise } from '../../src/report/summary.ts';
import { uslSpeedup } from '../../src/report/usl.ts';
import { runFacts } from './facts.ts';

const LAW = { gamma: 0.95, sigma: 0.05, kappa: 0.001 };

/** A sweep of items that take 1,000 ms alone, as the law has it, each run within 1 % of it. */
const sweepOf = (counts: readonly number[], law = LAW): SweepFacts => ({
  items: 40,
  aloneMs: 1000,
  points: counts.map((workers) => ({
    workers,
    runs: [0.99, 1, 1.01].map((off) => (off * 1000) / uslSpeedup(law, workers)),
  })),
});

const near = (actual: number | undefined, expected: number, share: number): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= share * expected,
    `${actual} is not ${expected}`,
  );

describe('scaling', () => {
  const run = { workers: 4, items: 1000, baselineMs: 20_000, startupMs: 0 };

  it('gives the law’s own curve where the workers start in no time', () => {
    const { scaling, forecast } = scale(sweepOf([1, 2, 4, 8]), run);
    near(scaling.law?.sigma, LAW.sigma, 0.15);
    for (const workers of [1, 2, 4, 8, 16]) {
      const point = forecast?.find((each) => each.workers === workers);
      near(point?.speedup, uslSpeedup(LAW, workers), 0.03);
    }
    assert.deepEqual(
      forecast?.map(({ workers }) => workers),
      [1, 2, 4, 8, 16, 32],
    );
  });

  it('adds the start of the workers once: baseline / (start-up + baseline / law)', () => {
    const { scaling, forecast } = scale(sweepOf([1, 2, 4]), { ...run, startupMs: 1000 });
    const expected = 20_000 / (1000 + 20_000 / uslSpeedup(LAW, 2));
    near(scaling.points.find(({ workers }) => workers === 2)?.speedup, expected, 0.001);
    near(forecast?.find(({ workers }) => workers === 2)?.speedup, expected, 0.02);
  });

  it('names the lowest and the highest run', () => {
    const { scaling } = scale(sweepOf([1, 2]), run);
    const [first] = scaling.points;
    near(first?.spread[0], 0.95 / 1.01, 1e-9);
    near(first?.spread[1], 0.95 / 0.99, 1e-9);
    assert.equal(first?.runs, 3);
  });

  it('gains nothing from more workers than items', () => {
    const { forecast } = scale(sweepOf([1, 2]), { ...run, workers: 2, items: 3 });
    const at = (workers: number) => forecast?.find((each) => each.workers === workers);
    assert.deepEqual(at(8)?.interval, at(4)?.interval);
  });

  it('leaves the forecast to the run itself, and says why, where it has one worker count only', () => {
    const note = 'items are too long for more';
    const { scaling, forecast } = scale({ ...sweepOf([1]), note }, run);
    assert.equal(forecast, null);
    assert.deepEqual([scaling.law, scaling.note, scaling.points.length], [null, note, 1]);
  });

  it('is what the summary’s forecast and verdict stand on', () => {
    const without = summarise(runFacts());
    const summary = summarise(runFacts({ sweep: sweepOf([1, 2]) }));
    assert.equal(without.scaling, null);
    assert.equal(summary.scaling?.points.length, 2);
    assert.notDeepEqual(summary.forecast, without.forecast);
    const four = summary.forecast?.find(({ workers }) => workers === 4);
    assert.ok(four !== undefined);
    assert.match(summary.verdict.text, /; by the sweep, 4 would give [\d.]+x to [\d.]+x\.$/);
    assert.ok(!without.verdict.text.includes('sweep'));
  });

  it('says so where fewer workers are as fast', () => {
    const flat: SweepFacts = {
      items: 40,
      aloneMs: 1000,
      points: [
        { workers: 1, runs: [1000, 1010] },
        { workers: 2, runs: [995, 1005] },
      ],
    };
    const { verdict } = summarise(runFacts({ sweep: flat }));
    assert.match(verdict.text, /; the sweep was as fast with 1 worker\.$/);
  });
});
