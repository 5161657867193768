import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { JobError } from '../job/errors.ts';
import type { RunConfig } from '../protocol/run.ts';

/** Options of `manycore run` as commander gives them. */
export interface RunOptions {
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
  readonly preview?: boolean;
  readonly json?: boolean;
  readonly loader?: RunConfig['loader'];
  readonly node?: string;
  readonly envFile?: string;
  readonly engine?: string;
}

/** The options as a configuration; `nodeReason` says why this Node runs it. */
export function toConfig(
  target: string | undefined,
  options: RunOptions,
  cwd: string,
  nodeReason: string,
): RunConfig {
  const { json: _json, preview: _preview, node: _node, envFile: _envFile, data, verify, ...rest } = options;
  if ((options.resume ?? options.onlyFailed ?? options.verifyRun) === undefined) {
    if (target === undefined) throw missing('FILE[#EXPORT], the function to run');
    if (data === undefined) throw missing('--data SOURCE, where the items come from');
  }
  return {
    ...rest,
    verify: verify === true ? VERIFY_DEFAULT : verify,
    function: target ?? '',
    data: data ?? '',
    cwd: resolve(cwd),
    nodeReason,
  };
}

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

const UNITS = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `512M`, `1.5GB`, `2GiB`, or bytes; units are powers of 1024. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (!match) throw new InvalidArgumentError('Give a size such as 512M or 2G.');
  return Math.round(Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase() as keyof typeof UNITS]);
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
