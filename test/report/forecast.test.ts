import assert from 'node:assert/strict';
import { forecast, type MeasuredPoint } from '../../src/report/forecast.ts';

const noLosses = {
  computing: 1,
  contention: 0,
  encoding: 0,
  transfer: 0,
  startup: 0,
  waiting: 0,
  imbalance: 0,
};
const point = (changes: Partial<MeasuredPoint> = {}): MeasuredPoint => ({
  workers: 4,
  speedup: 4,
  interval: [4, 4],
  items: 1000,
  losses: noLosses,
  ...changes,
});
const at = (points: ReturnType<typeof forecast>, workers: number) =>
  points.find((each) => each.workers === workers);

describe('forecast', () => {
  it('is the measurement itself at the measured number of workers', () => {
    const losses = {
      ...noLosses,
      computing: 0.6,
      startup: 0.1,
      contention: 0.1,
      encoding: 0.1,
      waiting: 0.05,
      imbalance: 0.05,
    };
    const here = at(forecast(point({ speedup: 2.4, interval: [2.2, 2.7], losses })), 4);
    assert.ok(Math.abs((here?.speedup ?? 0) - 2.4) < 1e-9);
    assert.ok(
      Math.abs((here?.interval[0] ?? 0) - 2.2) < 1e-9 && Math.abs((here?.interval[1] ?? 0) - 2.7) < 1e-9,
    );
  });

  it('is a straight line where all the time went into the function', () => {
    const points = forecast(point());
    for (const { workers, speedup } of points) assert.ok(Math.abs(speedup - workers) < 1e-9);
  });

  it('follows Amdahl’s law where a tenth of the wall time is start-up', () => {
    // T(4) = 1 = 0.1 + 0.9; T(8) = 0.1 + 0.45; so 4/0.55 of what one process would need.
    const points = forecast(point({ losses: { ...noLosses, computing: 0.9, startup: 0.1 } }));
    assert.ok(Math.abs((at(points, 8)?.speedup ?? 0) - 4 / 0.55) < 1e-9);
    assert.ok(Math.abs((at(points, 16)?.speedup ?? 0) - 4 / 0.325) < 1e-9);
  });

  it('bends down where workers slow each other, as the Universal Scalability Law does', () => {
    // c = 0.5 / 0.5 / 3 = 1/3: T(q) = 4/q x 0.5 x (1 + (q - 1)/3); T(4) = 1, T(16) = 0.125 x 6 = 0.75.
    const points = forecast(point({ losses: { ...noLosses, computing: 0.5, contention: 0.5 } }));
    assert.ok(Math.abs((at(points, 16)?.speedup ?? 0) - 4 / 0.75) < 1e-9);
  });

  it('widens its band with the distance from what was measured', () => {
    const points = forecast(point({ losses: { ...noLosses, computing: 0.8, encoding: 0.1, waiting: 0.1 } }));
    const width = (workers: number): number => {
      const { interval } = at(points, workers) ?? { interval: [0, 0] as const };
      return interval[1] / interval[0];
    };
    assert.ok(width(8) > width(4) && width(16) > width(8));
  });

  it('gains nothing from more workers than items', () => {
    const points = forecast(point({ items: 4 }));
    assert.ok(Math.abs((at(points, 16)?.speedup ?? 0) - 4) < 1e-9);
  });

  it('names every doubling up to four times the workers, the measured number and twice that', () => {
    assert.deepEqual(
      forecast(point({ workers: 6 })).map((each) => each.workers),
      [1, 2, 4, 6, 8, 12, 16, 24],
    );
  });
});
