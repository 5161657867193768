import { mean, sum, variance } from './statistics.ts';
import { fitGamma, likelyUsl, USL_RANGE, type Usl, type UslPoint, uslSpeedup } from './usl.ts';

/** Repeated measurements of the speedup with one number of workers. */
export interface RepeatedPoint {
  readonly workers: number;
  readonly speedups: readonly number[];
}

/** The likely law and all that the measurement does not rule out. */
export interface UslBand {
  readonly law: Usl;
  /** Likely speedup with so many workers. */
  speedup(workers: number): number;
  /** Lowest and highest speedup with so many workers among the laws that are not ruled out. */
  interval(workers: number): readonly [number, number];
}

/**
 * Repeats of one measurement in a pool differ by about this share on a machine that has little else to do. A few repeats
 * can agree by luck; so this counts as `PRIOR_DEGREES` further ones.
 */
const PRIOR_DEVIATION = 0.025;
const PRIOR_DEGREES = 4;
/** Cells of the region's grid along each coefficient. Finer near 0, where most laws are. */
const SIGMA_CELLS = 120;
const KAPPA_CELLS = 30;

/**
 * A 95 % band around the scalability law of a few measured points, all worker counts at once: the envelope of every law
 * within `USL_RANGE` that an F test does not rule out (a likelihood-ratio region, as in D. M. Bates and D. G. Watts,
 * Nonlinear Regression Analysis, Wiley 1988, section 6.1).
 *
 * Nothing is assumed about how likely a law is, only that its coefficients lie in the range of those published. Two
 * worker counts fix the sum sigma + 2 kappa alone; how it divides is left open, and the band is as wide as that makes it.
 * The deviation is pooled over all repeats, as a share of the speedup, and is at least what the law leaves unexplained.
 *
 * Undefined for points of fewer than two worker counts.
 */
export function uslBand(repeated: readonly RepeatedPoint[]): UslBand | undefined {
  if (new Set(repeated.map(({ workers }) => workers)).size < 2) return undefined;
  const { points, degrees } = weigh(repeated);
  const law = likelyUsl(points);
  const allowed = 2 * fQuantile95(degrees);
  const region = regionOf(points, allowed);
  return {
    law,
    speedup: (workers) => uslSpeedup(law, workers),
    interval: (workers) => {
      let low = uslSpeedup(law, workers);
      let high = low;
      for (const { sigma, kappa, gamma, reach } of region) {
        low = Math.min(low, uslSpeedup({ gamma: gamma - reach, sigma, kappa }, workers));
        high = Math.max(high, uslSpeedup({ gamma: gamma + reach, sigma, kappa }, workers));
      }
      return [Math.max(0, low), high];
    },
  };
}

/** Each point with its standard deviation, and the degrees of freedom of that. */
function weigh(repeated: readonly RepeatedPoint[]): { points: UslPoint[]; degrees: number } {
  const degrees = PRIOR_DEGREES + sum(repeated.map(({ speedups }) => speedups.length - 1));
  const squares = sum(
    repeated.map(({ speedups }) =>
      speedups.length < 2 ? 0 : ((speedups.length - 1) * variance(speedups)) / mean(speedups) ** 2,
    ),
  );
  const share = Math.sqrt((PRIOR_DEGREES * PRIOR_DEVIATION ** 2 + squares) / degrees);
  const points = repeated.map(({ workers, speedups }) => {
    const speedup = mean(speedups);
    return { workers, speedup, deviation: (share * speedup) / Math.sqrt(speedups.length) };
  });
  const spare = points.length - 3;
  if (spare <= 0) return { points, degrees };
  const { sigma, kappa } = likelyUsl(points);
  const stretch = Math.sqrt(Math.max(1, fitGamma(points, sigma, kappa).squares / spare));
  return { points: points.map((point) => ({ ...point, deviation: point.deviation * stretch })), degrees };
}

interface Cell extends Usl {
  /** How far gamma may be from its best. */
  readonly reach: number;
}

function regionOf(points: readonly UslPoint[], allowed: number): Cell[] {
  const cells: (Usl & { squares: number; weight: number })[] = [];
  for (let i = 0; i <= SIGMA_CELLS; i++) {
    for (let j = 0; j <= KAPPA_CELLS; j++) {
      const sigma = USL_RANGE.sigma * (i / SIGMA_CELLS) ** 2;
      const kappa = USL_RANGE.kappa * (j / KAPPA_CELLS) ** 2;
      cells.push({ sigma, kappa, ...fitGamma(points, sigma, kappa) });
    }
  }
  const least = cells.reduce((low, { squares }) => Math.min(low, squares), Number.POSITIVE_INFINITY);
  return cells
    .filter(({ squares }) => squares - least <= allowed)
    .map(({ squares, weight, ...law }) => ({
      ...law,
      reach: Math.sqrt((allowed - squares + least) / weight),
    }));
}

/** The 95 % quantile of F with 2 and `degrees` degrees of freedom, which has a closed form. */
export function fQuantile95(degrees: number): number {
  return (degrees / 2) * (0.05 ** (-2 / degrees) - 1);
}
