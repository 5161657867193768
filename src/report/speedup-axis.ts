import type { RunSummary } from '../protocol/run.ts';

/** The axes of the curve of speedups: both double from step to step, so that the ideal is a straight line. */
export interface SpeedupAxes {
  /** 1 to this many workers. */
  readonly workers: number;
  /** Speedups at the bottom and at the top; the bottom is 1 unless something is slower than one process. */
  readonly bottom: number;
  readonly top: number;
  /** Every doubling between them. */
  readonly levels: readonly number[];
}

/** Deepest speedup that the axis shows. */
const LOWEST = 1 / 8;

export function speedupAxes({ forecast, scaling, speedup }: RunSummary): SpeedupAxes {
  const points = forecast ?? [];
  const values = [
    ...points.flatMap((point) => [point.speedup, ...point.interval]),
    ...(scaling?.points ?? []).flatMap((point) => [...point.spread]),
    ...(speedup === null ? [] : [speedup]),
  ];
  const workers = Math.max(2, ...points.map((point) => point.workers));
  // What is hardly below 1 is not worth another level.
  const least = Math.max(LOWEST, Math.min(1, ...values) * 1.1);
  const bottom = 2 ** Math.min(0, Math.floor(Math.log2(least)));
  const top = 2 ** Math.ceil(Math.log2(Math.max(workers, ...values)) - 1e-9);
  const levels: number[] = [];
  for (let level = bottom; level <= top; level *= 2) levels.push(level);
  return { workers, bottom, top, levels };
}
