import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { hasPython } from '../calibrate.ts';
import { systemNames, systemOf } from '../systems/registry.ts';
import type { Machine } from './record.ts';

/** The machine and the versions of everything that takes part. */
export function describeMachine(): Machine {
  const names = systemNames.flatMap((name) => systemOf(name).package ?? []);
  return {
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    cores: cpus().length,
    memoryGB: totalmem() / 1e9,
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    python: hasPython() ? firstLine('python3', ['--version']) : null,
    packages: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
    commit: process.env['MANYCORE_BENCH_COMMIT'] ?? 'unknown',
  };
}

const firstLine = (command: string, args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0] ?? '';

/** Looked for upwards from the entry: not every package lets its package.json be imported. */
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (found.name === name) return found.version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}
