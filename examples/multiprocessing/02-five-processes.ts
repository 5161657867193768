import { isMainProcess, Process } from 'manycore';

const SPAN = 20_000;

/** The number with the longest way down to 1 by Collatz's rule, in one span of numbers. */
export function longestWay(span: number): void {
  const first = span * SPAN + 1;
  let [longest, start] = [0, first];
  for (let number = first; number < first + SPAN; number++) {
    const steps = stepsToOne(number);
    if (steps > longest) [longest, start] = [steps, number];
  }
  console.log(`Span ${span}: the longest way, from ${start}, takes ${longest} steps.`);
}

function stepsToOne(number: number): number {
  let steps = 0;
  for (let at = number; at !== 1; steps++) at = at % 2 === 0 ? at / 2 : 3 * at + 1;
  return steps;
}

if (isMainProcess) {
  const children = [0, 1, 2, 3, 4].map((span) => new Process({ target: longestWay, args: [span] }));
  for (const child of children) child.start();
  // All run by now, so waiting for one after the other takes as long as the slowest of them.
  for (const child of children) await child.join();
  console.log('All five have ended.');
}
