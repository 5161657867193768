import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDataset } from '../../src/job/dataset/dataset.ts';

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
