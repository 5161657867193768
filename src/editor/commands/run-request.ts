import type { RunConfig } from '../../protocol/run.ts';
import { errors } from '../errors.ts';

/**
 * What `manycore.runInParallel` takes from a lens, a keybinding, a task or a test. Everything is optional: what is not
 * given is asked for. With `data` nothing is shown that waits for an answer, and a failure rejects.
 */
export interface RunRequest extends Partial<Omit<RunConfig, 'function' | 'nodeReason'>> {
  /** The function's file, as a URI or as a path. */
  readonly uri?: string;
  readonly file?: string;
  readonly export?: string;
  /** When a run is under way: ask (default without `data`), stop it, or fail (default with `data`). */
  readonly ifRunning?: 'ask' | 'stop' | 'fail';
}

type Check = { readonly wanted: string; readonly fits: (value: unknown) => boolean };

const oneOf = (...values: string[]): Check => ({
  wanted: `one of ${values.join(', ')}`,
  fits: (value) => typeof value === 'string' && values.includes(value),
});
const text: Check = { wanted: 'a text', fits: (value) => typeof value === 'string' && value !== '' };
const flag: Check = { wanted: 'true or false', fits: (value) => typeof value === 'boolean' };
const count = (least: number): Check => ({
  wanted: `a whole number from ${least}`,
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});

const checks: Readonly<Record<keyof RunRequest, Check>> = {
  uri: text,
  file: text,
  export: text,
  data: text,
  cwd: text,
  ifRunning: oneOf('ask', 'stop', 'fail'),
  workers: count(0),
  chunk: { wanted: "a whole number from 1, or 'auto'", fits: (v) => v === 'auto' || count(1).fits(v) },
  timeout: count(1),
  retries: count(0),
  onError: oneOf('stop', 'continue'),
  maxErrors: text,
  memoryLimit: count(1),
  baseline: oneOf('sample', 'full', 'off'),
  sweep: flag,
  verify: { wanted: "a whole number from 1, or 'all'", fits: (v) => v === 'all' || count(1).fits(v) },
  onBadRecord: oneOf('fail', 'skip'),
  spread: flag,
  args: { wanted: 'a list', fits: Array.isArray },
  skip: count(0),
  limit: count(0),
  sample: count(1),
  seed: count(0),
  typed: flag,
  out: text,
  runDir: text,
  resume: text,
  onlyFailed: text,
  verifyRun: text,
  force: flag,
  report: text,
  trace: text,
  cpuProf: flag,
  engine: text,
  loader: oneOf('auto', 'native', 'bundle'),
};

/**
 * Checks an argument object that came from outside.
 * @throws {EditorError} `ERR_MANYCORE_USAGE` that names the field, what was received and what is wanted.
 */
export function checkRunRequest(value: object): RunRequest {
  for (const [name, each] of Object.entries(value)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof RunRequest] : undefined;
    if (check === undefined)
      throw errors.badArgument(name, each, `left out; known are ${Object.keys(checks).join(', ')}`);
    if (each !== undefined && !check.fits(each)) throw errors.badArgument(name, each, check.wanted);
  }
  return value;
}
