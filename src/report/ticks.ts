/** Round points from `from` to `from + length`, about `wanted` of them, for an axis. Units as those of `length`. */
export function axisTicks(length: number, wanted = 8, from = 0): number[] {
  if (!(length > 0) || wanted < 1) return [from];
  const step = tickStep(length, wanted);
  const ticks: number[] = [];
  const last = from + length * 1.0001;
  for (let index = Math.ceil(from / step); index * step <= last; index++)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

/** What lies between two such points. */
export function tickStep(length: number, wanted = 8): number {
  const rough = length / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / magnitude;
  return magnitude * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1);
}
