import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic, RuleInfo } from '../../analysis/analyse.ts';
import { keep, userCache } from '../../analysis/user-cache.ts';
import { stampOf } from './environment.ts';

/** What is known of one file. It holds as long as the key of the file is the same. */
export interface FileResult {
  readonly key: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Values of which nothing is known. */
  readonly unknown: number;
}

/** The file on disk: a JSON object of this form. Anything else counts as empty. */
export interface CacheContent {
  readonly format: typeof FORMAT;
  readonly environment: string;
  readonly rules: readonly RuleInfo[];
  /** Files that the analysis read outside of the workspace's sources, with their stamps. */
  readonly foreign: Readonly<Record<string, string>>;
  /** By absolute path. */
  readonly files: Readonly<Record<string, FileResult>>;
}

const FORMAT = 1;
/** A larger cache is not written, in bytes. */
const MAX_SIZE = 32 * 1024 * 1024;
/** Caches kept in one folder; the oldest ones go. */
const MAX_CACHES = 16;
const NAME = /^lint-[\w-]+\.json$/;

/**
 * Where the results for some projects are kept: in `node_modules/.cache/manycore` of the first of them where there is a
 * `node_modules`, else in the user's cache folder.
 */
export function cacheFileFor(projects: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const [first = '.'] = projects;
  const installed = path.join(first, 'node_modules');
  const folder = existsSync(installed) ? path.join(installed, '.cache', 'manycore') : userCache(env);
  const name = createHash('sha1')
    .update([...projects].sort().join('\n'))
    .digest('base64url')
    .slice(0, 16);
  return path.join(folder, `lint-${name}.json`);
}

/** Results that hold in an environment; undefined where there are none, or they are of another one or damaged. */
export function readCache(file: string, environment: string): CacheContent | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // None yet, or damaged: everything is computed anew.
  }
  if (!isCache(content) || content.environment !== environment) return undefined;
  const isSame = Object.entries(content.foreign).every(([name, stamp]) => stampOf(name) === stamp);
  return isSame ? content : undefined;
}

/** Keeps results for the next time. A folder that cannot be written to costs no more than that time. */
export function writeCache(file: string, content: Omit<CacheContent, 'format'>): void {
  const text = JSON.stringify({ format: FORMAT, ...content });
  if (text.length > MAX_SIZE) return;
  keep(file, text, NAME, MAX_CACHES);
}

function isCache(value: unknown): value is CacheContent {
  if (typeof value !== 'object' || value === null) return false;
  const { format, environment, rules, foreign, files } = value as Partial<CacheContent>;
  if (format !== FORMAT || typeof environment !== 'string' || !Array.isArray(rules)) return false;
  return isObject(foreign) && isObject(files) && Object.values(files).every(isResult);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isResult = (value: unknown): boolean =>
  isObject(value) &&
  'key' in value &&
  'unknown' in value &&
  typeof value.unknown === 'number' &&
  'diagnostics' in value &&
  Array.isArray(value.diagnostics);
