import assert from 'node:assert/strict';
import { type MeasuredRun, whatIf } from '../../src/report/what-if.ts';

const run: MeasuredRun = {
  workers: 4,
  speedup: 2,
  interval: [1.9, 2.1],
  losses: {
    computing: 0.5,
    contention: 0,
    encoding: 0.1,
    transfer: 0.05,
    startup: 0.2,
    waiting: 0.05,
    imbalance: 0.1,
  },
  forecast: [{ workers: 8, speedup: 2.8, interval: [2.2, 3.5] }],
};
const of = (changes: Partial<MeasuredRun> = {}) =>
  new Map(whatIf({ ...run, ...changes }).map((each) => [each.change, each]));

describe('what-if', () => {
  it('divides the speedup by what is left of the time when a loss is gone', () => {
    assert.equal(of().get('startup')?.speedup, 2 / 0.8);
    assert.deepEqual(of().get('encoding')?.interval, [1.9 / 0.9, 2.1 / 0.9]);
    assert.equal(of().get('all')?.speedup, 4);
  });

  it('says nothing of a loss that there was not', () => {
    assert.equal(of().has('contention'), false);
  });

  it('has twice the workers from the forecast, with its band', () => {
    assert.deepEqual(of().get('workers'), {
      change: 'workers',
      workers: 8,
      speedup: 2.8,
      interval: [2.2, 3.5],
    });
    assert.equal(of({ forecast: null }).has('workers'), false);
  });

  it('has the largest first', () => {
    const gains = whatIf(run).map(({ speedup }) => speedup);
    assert.deepEqual(
      gains,
      [...gains].sort((a, b) => b - a),
    );
  });

  it('promises no more than the workers can give, and never less than was measured', () => {
    const lucky = of({
      speedup: 3.9,
      interval: [3.8, 4.1],
      losses: { ...run.losses, computing: 0.9, startup: 0.1, encoding: 0 },
    });
    assert.equal(lucky.get('startup')?.speedup, 4);
    const tooGood = of({ speedup: 4.4, interval: [4.2, 4.6] });
    assert.deepEqual(tooGood.get('startup')?.speedup, 4.4);
    assert.equal(tooGood.get('startup')?.interval?.[1], 4.6);
  });
});
