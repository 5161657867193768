import { isAbsolute } from 'node:path';
import type { RunConfig } from '../protocol/run.ts';
import { JobError } from './errors.ts';
import { OUT_EXTENSIONS } from './export-results.ts';

/** Most workers of one run: above, each costs more memory than any machine's cores give back. */
const MAX_WORKERS = 1024;
const CHOICES = {
  onError: ['stop', 'continue'],
  baseline: ['sample', 'full', 'off'],
  onBadRecord: ['fail', 'skip'],
  loader: ['auto', 'native', 'bundle'],
} as const;

/** The limit of failed items: a number, or a share of the items done. */
export type MaxErrors = { readonly count: number } | { readonly share: number };

/** Throws a `JobError` for a configuration that no run can have: it came from a command line, a form or a file. */
export function checkConfig(config: RunConfig): void {
  if (!isAbsolute(config.cwd))
    throw usage(`The working directory must be an absolute path, got ${config.cwd}`);
  wholeNumber('--workers', config.workers, 1, MAX_WORKERS);
  if (config.chunk !== 'auto') wholeNumber('--chunk', config.chunk, 1, 1_000_000);
  if (config.verify !== 'all') wholeNumber('--verify', config.verify, 1, Number.MAX_SAFE_INTEGER);
  wholeNumber('--timeout', config.timeout, 1, 2 ** 31 - 1);
  wholeNumber('--retries', config.retries, 0, 1000);
  wholeNumber('--memory-limit', config.memoryLimit, 1024 * 1024, Number.MAX_SAFE_INTEGER);
  for (const [name, allowed] of Object.entries(CHOICES)) {
    const value: unknown = config[name as keyof typeof CHOICES];
    if (value === undefined || (allowed as readonly unknown[]).includes(value)) continue;
    throw usage(`${optionName(name)} must be one of ${allowed.join(', ')}, got ${String(value)}`);
  }
  if (config.sweep === true && config.baseline === 'off') {
    throw usage('--sweep needs a baseline to measure speedups against, and --baseline is off');
  }
  if (config.cpuProf === true && config.engine !== undefined) {
    throw usage('--cpu-prof is about workers of this machine, and --engine runs the items on others');
  }
  if (config.maxErrors !== undefined) parseMaxErrors(config.maxErrors);
  if (config.out !== undefined && !OUT_EXTENSIONS.test(config.out)) {
    throw usage(`--out must end in .jsonl, .csv or .parquet, got ${config.out}`);
  }
}

/** `20` or `5%`. Throws a `JobError`. */
export function parseMaxErrors(text: string): MaxErrors {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  const number = Number(match?.[1]);
  if (match && match[2] === '%' && number <= 100) return { share: number / 100 };
  if (match && match[2] === '' && Number.isInteger(number) && number >= 1) return { count: number };
  throw usage(`--max-errors must be a whole number from 1 on, or a share such as 5%, got ${text}`);
}

export function usage(message: string, hint = 'See manycore run --help.'): JobError {
  return new JobError('ERR_MANYCORE_USAGE', message, { hint });
}

function wholeNumber(option: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return;
  throw usage(`${option} must be a whole number from ${low} to ${high}, got ${value}`);
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
