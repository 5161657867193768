/**
 * The Universal Scalability Law (N. J. Gunther, Guerrilla Capacity Planning, Springer 2007, chapters 4 to 6):
 *
 *     S(n) = gamma x n / (1 + sigma x (n - 1) + kappa x n x (n - 1))
 *
 * `gamma` is the speedup of one worker, `sigma` the share of the work that only one can do at a time (Amdahl's law is the
 * case kappa = 0), `kappa` what each pair of workers costs: with it the curve has a peak, and falls after it.
 */
export interface Usl {
  readonly gamma: number;
  readonly sigma: number;
  readonly kappa: number;
}

/** A measured speedup (or throughput). `deviation` is its standard deviation; 1 for all where they count alike. */
export interface UslPoint {
  readonly workers: number;
  readonly speedup: number;
  readonly deviation: number;
}

/** Where laws are looked for. */
interface Range {
  readonly sigma: number;
  readonly kappa: number;
}

export const USL_RANGE: Range = {
  sigma: 1,
  /**
   * Somewhat above the largest coefficient in the literature: 0.021, of memcached 1.2.8 (N. J. Gunther, S. Subramanyam and
   * S. Parvu, "Hidden Scalability Gotchas in Memcached and Friends", Velocity 2010).
   */
  kappa: 0.025,
};

/**
 * What breaks the tie between laws that fit two points alike: coefficients are rather small. The scales of half-normal
 * distributions; where more worker counts were measured they weigh next to nothing.
 */
const RATHER_SMALL: Range = { sigma: 0.3, kappa: 0.005 };

/** Cells on a side of one grid, and how many grids are laid, each over a few cells of the last one. */
const SIDE = 20;
const ROUNDS = 9;

export function uslSpeedup(law: Usl, workers: number): number {
  return law.gamma * uslShape(workers, law.sigma, law.kappa);
}

/** Number of workers at which the law has its peak; infinite without one. */
export function uslPeak({ sigma, kappa }: Usl): number {
  if (kappa <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.sqrt(Math.max(0, 1 - sigma) / kappa));
}

/** The law with the least squares of what it leaves unexplained. Points of at least two worker counts. */
export function fitUsl(points: readonly UslPoint[], range: Range = USL_RANGE): Usl {
  return search(points, range, () => 0);
}

/** Amdahl's law through the points: no pair of workers costs anything. */
export function fitAmdahl(points: readonly UslPoint[]): Usl {
  return search(points, { ...USL_RANGE, kappa: 0 }, () => 0);
}

/** As `fitUsl`, for points that several laws fit alike: of those, one with rather small coefficients. */
export function likelyUsl(points: readonly UslPoint[]): Usl {
  return search(
    points,
    USL_RANGE,
    (sigma, kappa) => (sigma / RATHER_SMALL.sigma) ** 2 + (kappa / RATHER_SMALL.kappa) ** 2,
  );
}

/** How well a shape fits: the best gamma for it, the weighted squares that are left, and how much each unit of gamma counts. */
interface Fit {
  readonly gamma: number;
  readonly squares: number;
  readonly weight: number;
}

/** For a given shape the best gamma is linear least squares. Plain loops: a band asks for some ten thousand of these. */
export function fitGamma(points: readonly UslPoint[], sigma: number, kappa: number): Fit {
  let [weight, product] = [0, 0];
  for (const { workers, speedup, deviation } of points) {
    const shape = uslShape(workers, sigma, kappa);
    weight += (shape / deviation) ** 2;
    product += (shape * speedup) / deviation ** 2;
  }
  const gamma = product / weight;
  let squares = 0;
  for (const { workers, speedup, deviation } of points) {
    squares += ((speedup - gamma * uslShape(workers, sigma, kappa)) / deviation) ** 2;
  }
  return { gamma, squares, weight };
}

function uslShape(workers: number, sigma: number, kappa: number): number {
  return workers / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1));
}

/** Grid search, finer and finer around the best cell: slow to no one at this size, and it cannot diverge. */
function search(
  points: readonly UslPoint[],
  range: Range,
  penalty: (sigma: number, kappa: number) => number,
): Usl {
  let [sigmaLow, sigmaHigh, kappaLow, kappaHigh] = [0, range.sigma, 0, range.kappa];
  let best = { sigma: 0, kappa: 0, gamma: 1, cost: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const [sigmaStep, kappaStep] = [(sigmaHigh - sigmaLow) / SIDE, (kappaHigh - kappaLow) / SIDE];
    for (let i = 0; i <= SIDE; i++) {
      for (let j = 0; j <= (kappaStep > 0 ? SIDE : 0); j++) {
        const [sigma, kappa] = [sigmaLow + i * sigmaStep, kappaLow + j * kappaStep];
        const { gamma, squares } = fitGamma(points, sigma, kappa);
        const cost = squares + penalty(sigma, kappa);
        if (cost < best.cost) best = { sigma, kappa, gamma, cost };
      }
    }
    sigmaLow = Math.max(0, best.sigma - 4 * sigmaStep);
    sigmaHigh = Math.min(range.sigma, best.sigma + 4 * sigmaStep);
    kappaLow = Math.max(0, best.kappa - 4 * kappaStep);
    kappaHigh = Math.min(range.kappa, best.kappa + 4 * kappaStep);
  }
  return { gamma: best.gamma, sigma: best.sigma, kappa: best.kappa };
}
