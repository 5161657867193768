import assert from 'node:assert/strict';
import { fitAmdahl, fitUsl, likelyUsl, type UslPoint, uslPeak, uslSpeedup } from '../../src/report/usl.ts';

const points = (...list: readonly (readonly [number, number])[]): UslPoint[] =>
  list.map(([workers, speedup]) => ({ workers, speedup, deviation: 1 }));

const near = (actual: number, expected: number, share: number): void =>
  assert.ok(Math.abs(actual - expected) <= share * expected, `${actual} is not ${expected}`);

// SPEC SDM 91 on a Sun SPARCcenter 2000, and a ray tracer on an SGI Origin 2000: Gunther's examples, as the data sets
// `specsdm91` and `raytracer` of S. Möding's R package "usl" have them, with the coefficients that it prints (3.0.x).
const SPEC_SDM_91 = points(
  ...([
    [1, 64.9],
    [18, 995.9],
    [36, 1652.4],
    [72, 1853.2],
    [108, 1828.9],
    [144, 1775.0],
    [216, 1702.2],
  ] as const),
);
const RAY_TRACER = points(
  ...([
    [1, 20],
    [4, 78],
    [8, 130],
    [12, 170],
    [16, 190],
    [20, 200],
    [24, 210],
    [28, 230],
    [32, 260],
    [48, 280],
    [64, 310],
  ] as const),
);

describe('the scalability law', () => {
  it('has the published coefficients for SPEC SDM 91', () => {
    const law = fitUsl(SPEC_SDM_91);
    near(law.sigma, 0.0277285, 0.002);
    near(law.kappa, 0.0001044, 0.002);
    near(law.gamma, 89.9952, 0.002);
    near(uslPeak(law), 96.5, 0.002);
  });

  it('has the published coefficients for the ray tracer, which is Amdahl’s law', () => {
    const law = fitUsl(RAY_TRACER);
    near(law.sigma, 0.057771, 0.002);
    near(law.gamma, 21.848843, 0.002);
    assert.ok(law.kappa < 1e-6);
    const amdahl = fitAmdahl(RAY_TRACER);
    near(amdahl.sigma, law.sigma, 0.002);
    assert.equal(amdahl.kappa, 0);
    assert.equal(uslPeak(amdahl), Number.POSITIVE_INFINITY);
  });

  it('finds the coefficients that exact points were made with', () => {
    for (const law of [
      { gamma: 1, sigma: 0.05, kappa: 0.002 },
      { gamma: 0.9, sigma: 0.3, kappa: 0.02 },
      { gamma: 1, sigma: 0, kappa: 0.01 },
    ]) {
      const fitted = fitUsl(points(...[1, 2, 4, 8, 16].map((n) => [n, uslSpeedup(law, n)] as const)));
      for (const key of ['gamma', 'sigma', 'kappa'] as const)
        assert.ok(Math.abs(fitted[key] - law[key]) < 1e-4, `${key}: ${fitted[key]} is not ${law[key]}`);
    }
  });

  it('is Amdahl’s 1 / (s + (1 - s) / n) without a cost for pairs', () => {
    near(uslSpeedup({ gamma: 1, sigma: 0.1, kappa: 0 }, 9), 1 / (0.1 + 0.9 / 9), 1e-12);
    near(fitAmdahl(points([1, 1], [2, 1 / 0.55])).sigma, 0.1, 0.001);
  });

  it('has its peak at sqrt((1 - sigma) / kappa), and there no neighbour is higher', () => {
    const law = { gamma: 1, sigma: 0.02, kappa: 0.005 };
    assert.equal(uslPeak(law), 14);
    assert.ok(uslSpeedup(law, 14) > uslSpeedup(law, 13) && uslSpeedup(law, 14) > uslSpeedup(law, 15));
  });

  it('takes small coefficients where two points leave the choice', () => {
    const two = [1, 2].map((workers) => ({
      workers,
      speedup: uslSpeedup({ gamma: 1, sigma: 0.06, kappa: 0 }, workers),
      deviation: 0.01,
    }));
    const law = likelyUsl(two);
    assert.ok(law.kappa < 0.001 && Math.abs(law.sigma - 0.06) < 0.01, JSON.stringify(law));
  });
});
