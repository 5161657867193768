import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { JobError } from '../job/errors.ts';
import type { RunConfig } from '../protocol/run.ts';
import { parseSize as sizeOf } from '../protocol/size.ts';
import type { FoundJob } from './find-job.ts';

/** Options of `manycore run` as commander gives them. */
export interface RunOptions {
  readonly job?: string;
  readonly data?: string;
  readonly workers?: number;
  readonly chunk?: number | 'auto';
  readonly timeout?: number;
  readonly retries?: number;
  readonly onError?: RunConfig['onError'];
  readonly maxErrors?: string;
  readonly memoryLimit?: number;
  readonly baseline?: RunConfig['baseline'];
  readonly sweep?: boolean;
  readonly verify?: number | 'all' | true;
  readonly onBadRecord?: RunConfig['onBadRecord'];
  readonly spread?: boolean;
  readonly args?: readonly unknown[];
  readonly typed?: boolean;
  readonly skip?: number;
  readonly limit?: number;
  readonly sample?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly runDir?: string;
  readonly resume?: string;
  readonly onlyFailed?: string;
  /** Of `manycore verify`. */
  readonly verifyRun?: string;
  readonly force?: boolean;
  readonly report?: string;
  readonly trace?: string;
  readonly cpuProf?: boolean;
  readonly debugItem?: string;
  readonly preview?: boolean;
  readonly json?: boolean;
  readonly loader?: RunConfig['loader'];
  readonly node?: string;
  readonly envFile?: string;
  readonly engine?: string;
}

/** The options as a configuration; `nodeReason` says why this Node runs it. They stand above what a job says. */
export function toConfig(
  target: string | undefined,
  options: RunOptions,
  cwd: string,
  nodeReason: string,
  found?: FoundJob,
): RunConfig {
  if (found !== undefined) return { ...ofJob(target, options, cwd, found), nodeReason };
  if ((options.resume ?? options.onlyFailed ?? options.verifyRun) === undefined) {
    if (target === undefined) throw missing('FILE[#EXPORT], the function to run');
    const needsData = !options.debugItem?.startsWith('json:');
    if (options.data === undefined && needsData) throw missing('--data SOURCE, where the items come from');
  }
  return {
    ...aboutTheRun(options),
    function: target ?? '',
    data: options.data ?? '',
    cwd: resolve(cwd),
    nodeReason,
  };
}

/** Options that are no matter of this process alone. */
function aboutTheRun(options: RunOptions): Omit<RunConfig, 'function' | 'data' | 'cwd'> {
  const { job: _job, json: _json, node: _node, envFile: _envFile, debugItem: _item, ...ofRun } = options;
  const { data: _data, preview: _preview, verify, ...rest } = ofRun;
  return verify === undefined ? rest : { ...rest, verify: verify === true ? VERIFY_DEFAULT : verify };
}

/** Paths of the job begin at its folder, those on the command line at the working directory. */
function ofJob(
  target: string | undefined,
  options: RunOptions,
  cwd: string,
  { job, folder }: FoundJob,
): RunConfig {
  const { data, resume, onlyFailed } = options;
  const given = { 'FILE[#EXPORT]': target, '--data': data, '--resume': resume, '--only-failed': onlyFailed };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new JobError('ERR_MANYCORE_USAGE', `--job says what is run over which data: leave out ${name}`, {
      hint: 'The other options go with --job and stand above what the job says.',
    });
  }
  const { description: _, ...config } = job;
  const paths = PATHS.flatMap((name) => {
    const path = options[name];
    return path === undefined ? [] : [[name, resolve(cwd, path)]];
  });
  return { ...config, ...aboutTheRun(options), ...Object.fromEntries(paths), cwd: resolve(folder) };
}

const PATHS = ['out', 'report', 'trace', 'runDir'] as const;

function missing(what: string): JobError {
  return new JobError('ERR_MANYCORE_USAGE', `Give ${what}`, { hint: 'See manycore run --help.' });
}

/** A whole number. Ranges are checked where the number is used, the same for every way in. */
export function parseNumber(text: string): number {
  if (/^-?\d+$/.test(text.trim())) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

export function parseChunk(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : parseNumber(text);
}

/** Items that `--verify` runs again where no number is given. */
const VERIFY_DEFAULT = 100;

export function parseVerify(text: string): number | 'all' {
  return text === 'all' ? 'all' : parseNumber(text);
}

/** A size, for commander. */
export function parseSize(text: string): number {
  const size = sizeOf(text);
  if (size === undefined) throw new InvalidArgumentError('Give a size such as 512M or 2G.');
  return size;
}

export function parseArgs(text: string): readonly unknown[] {
  let args: unknown;
  try {
    args = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`This is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
  if (!Array.isArray(args)) throw new InvalidArgumentError(`Give a JSON array, such as '[10, "fast"]'.`);
  return args;
}
