/** What a stress is: one file for each, and its line in `kinds.ts`. */
import type { Random } from '../random.ts';

/** What was done: rounds, operations, kills and more, by name. */
export type Sums = Record<string, number>;

export interface Run {
  /** How long it goes on, in ms; a round that has begun is ended. */
  readonly ms: number;
  /** How long the others may stand still after a death, in ms. */
  readonly patience: number;
  readonly dice: Random;
  /** Processes that there may be at the same time. */
  readonly most: number;
  /** Gets a line after every round. */
  readonly say: (line: string) => void;
}

export interface Kind {
  /** Completes "under random faults, ..." */
  readonly holds: string;
  /** Rejects at the first thing that is wrong. */
  readonly stress: (run: Run) => Promise<Sums>;
}

/** Adds up what rounds give until the time is over. Figures named `longest ...` are not added: the largest counts. */
export async function rounds({ ms, say }: Run, round: (ms: number) => Promise<Sums>): Promise<Sums> {
  const sums: Sums = { rounds: 0 };
  const end = performance.now() + ms;
  for (let left = ms; left > 0; left = end - performance.now()) {
    const done = await round(left);
    sums['rounds'] = (sums['rounds'] ?? 0) + 1;
    for (const [name, value] of Object.entries(done)) {
      const before = sums[name] ?? 0;
      sums[name] = name.startsWith('longest') ? Math.max(before, value) : before + value;
    }
    say(told(done));
  }
  return sums;
}

/** One of the sizes of a crowd that this run has room for. */
export const sizeOf = ({ dice, most }: Run, sizes: readonly number[]): number =>
  dice.pick(sizes.filter((size) => size <= most));

export const told = (sums: Sums): string =>
  Object.entries(sums)
    .map(([name, value]) => `${value} ${name}`)
    .join(', ');
