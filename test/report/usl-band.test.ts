import assert from 'node:assert/strict';
import { type Usl, uslSpeedup } from '../../src/report/usl.ts';
import { fQuantile95, type RepeatedPoint, uslBand } from '../../src/report/usl-band.ts';
import { seeded } from './facts.ts';

const TRIALS = 200;
/** Every number of workers up to four times the largest that is measured. */
const REACH = 4;

/** Normally distributed numbers with mean 0 and deviation 1 (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function measure(law: Usl, counts: readonly number[], noise: number, random: () => number): RepeatedPoint[] {
  return counts.map((workers) => ({
    workers,
    speedups: [1, 2, 3].map(() => uslSpeedup(law, workers) * (1 + noise * normal(random))),
  }));
}

/** In how many of the trials the whole true curve was inside, and the median of high / low with so many workers. */
function simulate(
  draw: (random: () => number) => Usl,
  counts: readonly number[],
  noise: number,
): { held: number; width: (workers: number) => number } {
  const random = seeded(2026);
  const widths = new Map<number, number[]>();
  let held = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const law = draw(random);
    const band = uslBand(measure(law, counts, noise, random));
    assert.ok(band !== undefined);
    let inside = true;
    for (let workers = 1; workers <= REACH * Math.max(...counts); workers++) {
      const [low, high] = band.interval(workers);
      const truth = uslSpeedup(law, workers);
      inside &&= low <= truth && truth <= high;
      const known = widths.get(workers);
      if (known === undefined) widths.set(workers, [high / low]);
      else known.push(high / low);
    }
    if (inside) held++;
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return { held, width: (workers) => median(widths.get(workers) ?? []) };
}

const published = (random: () => number): Usl => ({
  gamma: 0.85 + 0.15 * random(),
  sigma: 0.3 * random(),
  kappa: 0.02 * random(),
});
const LAWS: Record<string, (random: () => number) => Usl> = {
  'pools of independent items': (random) => ({ gamma: 1, sigma: 0.1 * random(), kappa: 0.002 * random() }),
  'anything published': published,
  'perfect scaling': () => ({ gamma: 1, sigma: 0, kappa: 0 }),
  'a peak at six workers': () => ({ gamma: 1, sigma: 0.0255, kappa: 0.021 }),
};

describe('the band of the scalability law', function () {
  this.timeout(60_000);

  for (const [name, draw] of Object.entries(LAWS)) {
    for (const noise of [0.02, 0.04]) {
      it(`from 1 and 2 workers holds the whole true curve in 9 of 10 sweeps: ${name}, ${100 * noise} % noise`, () => {
        const { held, width } = simulate(draw, [1, 2], noise);
        assert.ok(held >= 0.9 * TRIALS, `${held} of ${TRIALS}`);
        // Of use: 4 workers within a factor of 1.55, 8 within one of 3.
        assert.ok(width(4) < 1.55 && width(8) < 3, `${width(4)} at 4, ${width(8)} at 8`);
      });
    }
  }

  it('is much narrower from 1, 2 and 4 workers, and holds the curve as well', () => {
    const { held, width } = simulate(published, [1, 2, 4], 0.03);
    assert.ok(held >= 0.9 * TRIALS, `${held} of ${TRIALS}`);
    assert.ok(width(4) < 1.15 && width(8) < 1.6, `${width(4)} at 4, ${width(8)} at 8`);
  });

  it('holds its own likely law, and what was measured', () => {
    const random = seeded(5);
    const points = measure({ gamma: 0.95, sigma: 0.08, kappa: 0.001 }, [1, 2, 4, 8], 0.03, random);
    const band = uslBand(points);
    assert.ok(band !== undefined);
    for (const workers of [1, 2, 4, 8, 16, 32]) {
      const [low, high] = band.interval(workers);
      const likely = uslSpeedup(band.law, workers);
      assert.ok(low <= likely && likely <= high);
    }
  });

  it('widens where the law does not fit, as with more workers than CPUs', () => {
    const flat = [1, 1.95, 2, 2, 2].map((speedup, i) => ({ workers: 2 ** i, speedups: [speedup, speedup] }));
    const lawful = [1, 2, 4, 8, 16].map((workers) => {
      const speedup = uslSpeedup({ gamma: 1, sigma: 0.05, kappa: 0.001 }, workers);
      return { workers, speedups: [speedup, speedup] };
    });
    const spread = (points: RepeatedPoint[]): number => {
      const [low, high] = uslBand(points)?.interval(8) ?? [1, 1];
      return high / low - 1;
    };
    assert.ok(spread(flat) > 5 * spread(lawful), `${spread(flat)} and ${spread(lawful)}`);
  });

  it('needs two worker counts', () => {
    assert.equal(uslBand([{ workers: 1, speedups: [1, 1, 1] }]), undefined);
  });

  it('uses the published quantiles of F', () => {
    // NIST/SEMATECH e-Handbook, table 1.3.6.7.3.
    assert.ok(Math.abs(fQuantile95(4) - 6.944) < 5e-4);
    assert.ok(Math.abs(fQuantile95(8) - 4.459) < 5e-4);
    assert.ok(Math.abs(fQuantile95(30) - 3.316) < 5e-4);
  });
});
