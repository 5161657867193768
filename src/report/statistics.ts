/** The few statistics that the summary needs, with no dependency; each is checked against published values in its test. */

export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : sum(values) / values.length;
}

/** Sample variance (divided by n - 1); NaN below two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return squares / (values.length - 1);
}

// Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2).
const T_TABLE = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The factor of the standard error for a two-sided 95 % interval. `degrees` >= 1. */
export function t95(degrees: number): number {
  const exact = T_TABLE[Math.floor(degrees) - 1];
  if (exact !== undefined) return exact;
  // Cornish-Fisher expansion around the normal quantile (Abramowitz and Stegun 26.7.5): right to 1e-4 from 30 on.
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/**
 * Mean of a population of `population` values, from a random sample of it without replacement, with its 95 % interval:
 * Student's t with the finite population correction, so that the interval closes as the sample becomes the whole.
 * The interval is null where nothing can be said: one value out of many.
 */
export function sampleMean(
  sample: readonly number[],
  population: number,
): { mean: number; interval: readonly [number, number] | null } {
  const centre = mean(sample);
  const n = sample.length;
  if (n >= population) return { mean: centre, interval: [centre, centre] };
  if (n < 2) return { mean: centre, interval: null };
  const half = t95(n - 1) * Math.sqrt((variance(sample) / n) * (1 - n / population));
  return { mean: centre, interval: [centre - half, centre + half] };
}
