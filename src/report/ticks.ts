/** Round points between 0 and `length`, about `wanted` of them, for an axis. Units as those of `length`. */
export function axisTicks(length: number, wanted = 8): number[] {
  if (!(length > 0) || wanted < 1) return [0];
  const rough = length / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / magnitude;
  const step = magnitude * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1);
  const ticks: number[] = [];
  for (let index = 0; index * step <= length * 1.0001; index++)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}
