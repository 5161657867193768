import { isMainProcess, Process, SharedArray } from 'manycore';

const STRIPS = 10;
const STEPS = 100_000;

/** The area below 4 / (1 + x²) in one of ten strips from 0 to 1. Each process writes its own element, so none needs the lock. */
export function area(areas: SharedArray<'f64'>, strip: number): void {
  const width = 1 / STRIPS / STEPS;
  let sum = 0;
  for (let step = 0; step < STEPS; step++) sum += 4 / (1 + ((strip * STEPS + step + 0.5) * width) ** 2);
  areas[strip] = sum * width;
}

if (isMainProcess) {
  const areas = SharedArray('f64', STRIPS);
  const children = Array.from(areas, (_, strip) => new Process({ target: area, args: [areas, strip] }));
  for (const child of children) child.start();
  for (const child of children) await child.join();
  for (const [strip, size] of areas.entries()) console.log(`strip ${strip}: ${size.toFixed(6)}`);
  console.log(`pi is about ${areas.reduce((sum, size) => sum + size).toFixed(6)}`);
}
