import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../src/analysis/rules/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Names in a folder that end with `suffix`, without it. */
const names = (folder: string, suffix: string): string[] =>
  readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.name.endsWith(suffix) && entry.isDirectory() === (suffix === ''))
    .map((entry) => entry.name.slice(0, entry.name.length - suffix.length))
    .filter((name) => name !== 'index')
    .sort();

describe('rules', () => {
  const known = RULES.map((rule) => rule.name);

  it('are listed in the order of their names', () => assert.deepEqual(known, [...known].sort()));
  it('have a file each', () => assert.deepEqual(names('src/analysis/rules', '.ts'), known));
  it('have a test each', () => assert.deepEqual(names('test/analysis/rules', '.test.ts'), known));
  it('have fixtures each', () => assert.deepEqual(names('test/fixtures/rules', ''), known));
  it('have a page of documentation each', () => assert.deepEqual(names('docs/rules', '.md'), known));
});
