/** BullMQ and its client, which whoever names an engine has installed: in the project, or beside Manycore. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Redis } from 'ioredis';
import runtimePackage from '../../runtime/package.json' with { type: 'json' };
import { JobError } from '../job/errors.ts';
import { text } from './address.ts';
import { installedPackage } from './package-version.ts';

export interface Libraries {
  readonly bullmq: typeof import('bullmq');
  readonly Redis: typeof Redis;
}

type Name = 'bullmq' | 'ioredis';

interface Found {
  /** What is imported. */
  readonly file: string;
  /** Undefined where nothing tells. */
  readonly version: string | undefined;
}

/** Exactly those: BullMQ 6 is young. Another one of the same major version is taken where it is there. */
const WANTED: Readonly<Record<Name, string>> = runtimePackage.peerDependencies;
const HINT = `Run: npm install bullmq@${WANTED.bullmq} ioredis@${WANTED.ioredis}`;

/**
 * Loads them from where the code of `cwd` would have them, else from where this module lies.
 * @throws {JobError} `ERR_MANYCORE_ENGINE` that says whether one is not installed, of another version, or does not load
 */
export async function loadLibraries(cwd: string): Promise<Libraries> {
  const from = [createRequire(join(cwd, 'package.json')), createRequire(import.meta.url)];
  const [bullmq, ioredis] = [find('bullmq', from), find('ioredis', from)];
  return {
    bullmq: await load<Libraries['bullmq']>('bullmq', bullmq),
    Redis: (await load<typeof import('ioredis')>('ioredis', ioredis)).Redis,
  };
}

/** The first that fits. */
function find(name: Name, from: readonly NodeJS.Require[]): Found {
  const all = from.flatMap((require) => resolve(name, require) ?? []);
  const found = all.find(({ version = WANTED[name] }) => majorOf(version) === majorOf(WANTED[name]));
  if (found !== undefined) return found;
  const [other] = all;
  if (other === undefined) throw failure(`An engine needs the package ${name}, which is not installed`);
  throw failure(`An engine needs ${name} ${WANTED[name]}, and ${other.file} is of version ${other.version}`);
}

/** Null where it is not installed. */
function resolve(name: Name, require: NodeJS.Require): Found | null {
  const installed = installedPackage(require, name);
  try {
    return { file: require.resolve(name), version: installed?.version };
  } catch (error) {
    if (installed !== undefined) throw broken(name, installed.folder, error);
    return null;
  }
}

async function load<T>(name: Name, { file }: Found): Promise<T> {
  try {
    return (await import(pathToFileURL(file).href)) as T;
  } catch (error) {
    throw broken(name, file, error);
  }
}

const majorOf = (version: string): string | undefined => version.split('.')[0];

function broken(name: Name, file: string, cause: unknown): JobError {
  return failure(`The package ${name} is installed, but ${file} cannot be loaded: ${text(cause)}`, cause);
}

function failure(message: string, cause?: unknown): JobError {
  return new JobError('ERR_MANYCORE_ENGINE', message, { hint: HINT, exitCode: 3, cause });
}
