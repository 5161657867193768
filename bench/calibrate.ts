/** Iterations of the fixed loop that take one ms, in each language: so that an item lasts equally long in both. */
import { execFileSync } from 'node:child_process';
import { commandOf } from './run-repeat.ts';

export interface Calibration {
  readonly node: number;
  /** Null where there is no python3. */
  readonly python: number | null;
}

export function calibrate(): Calibration {
  const [node, nodeArgs] = commandOf('manycore', './workers/calibrate.js');
  const [python, pythonArgs] = commandOf('python-pool', '');
  const measure = (command: string, args: string[]) =>
    Number(execFileSync(command, args, { encoding: 'utf8' }).trim());
  return {
    node: measure(node, nodeArgs),
    python: hasPython() ? measure(python, [...pythonArgs, 'calibrate']) : null,
  };
}

export function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
