import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDataset } from '../../src/job/dataset/dataset.ts';
import { eventually, processesMarked } from '../runtime/processes.ts';

const library = fileURLToPath(new URL('../../runtime/dist/index.js', import.meta.url));

export function exampleFolder(name: string): string {
  return fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url));
}

/** The items that an example's README names, read as the command reads them. */
export async function exampleItems(name: string, source: string): Promise<unknown[]> {
  const dataset = await openDataset(source, { cwd: exampleFolder(name), onBadRecord: 'fail' });
  const items: unknown[] = [];
  for await (const item of dataset.records()) items.push(item);
  return items;
}

/** Runs `main.ts` of an example as its README says, on this many items; gives what it printed. */
export async function runExample(name: string, items: number): Promise<string> {
  assert.ok(existsSync(library), 'The examples use the built library: run `npm run build` first.');
  const args = ['--import', 'tsx', 'main.ts', String(items)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: exampleFolder(name) });
  assert.equal(stderr, '');
  return stdout;
}

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Processes that it has started, directly or not, and that have not ended with it. */
  readonly left: readonly number[];
}

let programs = 0;

/** Runs a file of an example, with what arguments it takes, as its README says. */
export async function runFile(name: string, command: readonly string[]): Promise<Ending> {
  assert.ok(existsSync(library), 'The examples use the built library: run `npm run build` first.');
  // Whatever the program starts inherits it.
  const mark = `MANYCORE_TEST_EXAMPLE=${process.pid}-${++programs}`;
  const [key = '', value = ''] = mark.split('=');
  const child = spawn(process.execPath, ['--import', 'tsx', ...command], {
    cwd: exampleFolder(name),
    env: { ...process.env, [key]: value },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const ending = { code: await code, stdout, stderr };
  await eventually(() => processesMarked(mark).length === 0);
  return { ...ending, left: processesMarked(mark) };
}
