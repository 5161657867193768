import type { ForecastPoint, Losses } from '../protocol/run.ts';

/** One measured point: all that a forecast from a single run can stand on. */
export interface MeasuredPoint {
  readonly workers: number;
  readonly speedup: number;
  readonly interval: readonly [number, number] | null;
  readonly items: number;
  readonly losses: Losses;
}

/** Slowdown for each further worker that the low end of the band allows for where no contention was seen. */
const UNSEEN_CONTENTION = 0.02;
/** Worker counts up to this multiple of the measured one, and at least `MIN_REACH`. */
const REACH = 4;
const MIN_REACH = 8;
const MAX_REACH = 512;

/**
 * Speedup to be expected with other worker counts, given as many cores.
 *
 * One point does not determine a curve, so its form is assumed, from where the time of the measured run went (p workers,
 * wall time 1): what each worker did once is Amdahl's serial part and stays; what was shared is divided among them;
 * contention grows linearly with every further worker, as in the Universal Scalability Law:
 *
 *     T(q) = serial + p/q x (encoding + transfer + computing x (1 + c x (q - 1))),   c = contention / computing / (p - 1)
 *
 * The assumption is wide, and the band says how wide: from the best case (only start-up stays serial and there is no
 * further contention) to the worst (twice the contention, encoding and transfer do not scale), each with the interval of
 * the measurement on top. At p itself all agree, so the band there is the measurement. More workers than items do not help.
 */
export function forecast(point: MeasuredPoint): ForecastPoint[] {
  const likely = curve(point, { serialIdle: true, contention: 1, floor: 0, scalesTransport: true });
  const floor = UNSEEN_CONTENTION;
  const cases = [
    likely,
    curve(point, { serialIdle: false, contention: 0, floor: 0, scalesTransport: true }),
    curve(point, { serialIdle: true, contention: 2, floor, scalesTransport: false }),
    curve(point, { serialIdle: false, contention: 2, floor, scalesTransport: false }),
  ];
  const [low, high] = point.interval ?? [point.speedup, point.speedup];
  return workerCounts(point.workers, [2 * point.workers]).map((workers) => {
    const gains = cases.map((gain) => gain(workers));
    return {
      workers,
      speedup: point.speedup * likely(workers),
      interval: [low * Math.min(...gains), high * Math.max(...gains)] as const,
    };
  });
}

interface Assumption {
  /** Waiting and imbalance stay as long as they were; otherwise they shrink with the work. */
  readonly serialIdle: boolean;
  /** Factor on the measured contention; `floor` is the least coefficient taken. */
  readonly contention: number;
  readonly floor: number;
  readonly scalesTransport: boolean;
}

/** How many times as fast as the measured run one with `workers` would be. */
function curve(point: MeasuredPoint, assumption: Assumption): (workers: number) => number {
  const { losses, workers: p } = point;
  const idle = losses.waiting + losses.imbalance;
  const transport = losses.encoding + losses.transfer;
  const serial =
    losses.startup + (assumption.serialIdle ? idle : 0) + (assumption.scalesTransport ? 0 : transport);
  const shared = (assumption.serialIdle ? 0 : idle) + (assumption.scalesTransport ? transport : 0);
  const measured = p > 1 && losses.computing > 0 ? losses.contention / losses.computing / (p - 1) : 0;
  const perWorker = Math.max(assumption.floor, measured * assumption.contention);
  // Relative to p: at p the time is what it was, whatever the coefficient is taken to be.
  const computing = (losses.computing + losses.contention) / (1 + perWorker * (p - 1));
  return (workers) => {
    const q = Math.max(1, Math.min(workers, point.items));
    const here = Math.min(p, Math.max(1, point.items));
    const time = serial + (here / q) * (shared + computing * (1 + perWorker * (q - 1)));
    const measuredTime = serial + shared + computing * (1 + perWorker * (here - 1));
    return time > 0 ? measuredTime / time : 1;
  };
}

/** Every doubling up to `REACH` times the measured number, that number, and those of `also`. Ascending. */
export function workerCounts(measured: number, also: readonly number[] = []): number[] {
  const reach = Math.max(measured, Math.min(MAX_REACH, Math.max(MIN_REACH, measured * REACH)));
  const counts = new Set<number>([measured, reach, ...also]);
  for (let count = 1; count <= reach; count *= 2) counts.add(count);
  return [...counts].sort((a, b) => a - b);
}
