/**
 * Speed and memory of the analysis on a generated workspace in which every file uses the package.
 *
 *   npm run bench -- --only analysis [files, default 500]
 *
 * Prints medians of several rounds beside the goals: the command from a cold and a warm start, and the language server's
 * first and whole diagnostics of an open file, the time from an edit to its diagnostics, and its resident memory. Ends with 1 when a
 * goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureServer } from './server.ts';
import { writeWorkspace } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COLD_ROUNDS = 3;
const WARM_ROUNDS = 5;
const MEGABYTE = 1e6;

interface Row {
  readonly name: string;
  readonly value: number;
  readonly goal: number;
  readonly unit: string;
}

const files = Number(process.argv[2] ?? 500);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'manycore-analysis-')));
try {
  const sources = writeWorkspace(folder, files, join(ROOT, 'runtime'), join(ROOT, 'node_modules/@types'));
  const cold = Array.from({ length: COLD_ROUNDS }, () => lint('--no-cache'));
  lint();
  const warm = Array.from({ length: WARM_ROUNDS }, () => lint());
  const server = await measureServer(join(ROOT, 'dist/server.js'), folder, sources);
  const rows: Row[] = [
    { name: 'command, cold', value: median(cold.map(({ ms }) => ms)), goal: 4000, unit: 'ms' },
    {
      name: 'command, cold, CPU time',
      value: median(cold.map(({ cpu }) => cpu)),
      goal: Infinity,
      unit: 'ms',
    },
    {
      name: 'command, cold, memory',
      value: median(cold.map(({ memory }) => memory)) / MEGABYTE,
      goal: 350,
      unit: 'MB',
    },
    { name: 'command, warm', value: median(warm.map(({ ms }) => ms)), goal: 500, unit: 'ms' },
    { name: 'server, first diagnostics', value: server.first, goal: 2000, unit: 'ms' },
    { name: 'server, whole diagnostics', value: server.whole, goal: Infinity, unit: 'ms' },
    { name: 'server, after an edit, median', value: median(server.edits), goal: Infinity, unit: 'ms' },
    { name: 'server, after an edit, 95 %', value: quantile(server.edits, 0.95), goal: 100, unit: 'ms' },
    { name: 'server, edits at once, median', value: median(server.burst), goal: Infinity, unit: 'ms' },
    { name: 'server, edits at once, 95 %', value: quantile(server.burst, 0.95), goal: Infinity, unit: 'ms' },
    { name: 'server, memory', value: server.memory / MEGABYTE, goal: 350, unit: 'MB' },
  ];
  console.log(`${files} files; load of the machine ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`);
  for (const row of rows) console.log(rowText(row));
  process.exitCode = rows.every(({ value, goal }) => value <= goal) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function lint(...args: string[]): { ms: number; cpu: number; memory: number } {
  const command = [join(ROOT, 'runtime/dist/cli.js'), 'lint', '--format', 'json', '--stats', ...args];
  const start = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 100 * MEGABYTE,
  });
  const ms = performance.now() - start;
  if (stdout === '') throw new Error(stderr);
  const { cpu, memory } = JSON.parse(stdout).stats;
  return { ms, cpu, memory };
}

function rowText({ name, value, goal, unit }: Row): string {
  const shown = `${name.padEnd(32)}${Math.round(value).toString().padStart(6)} ${unit}`;
  if (goal === Infinity) return shown;
  return `${shown}  of at most ${goal} ${unit}${value > goal ? '  MISSED' : ''}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
