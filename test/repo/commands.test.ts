import { match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
/** The commands that install what they need. */
const installing = Object.values(scripts)
  .flatMap((command) => /^node (scripts\/\S+\.mjs)/.exec(command)?.[1] ?? [])
  .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('ensureInstalled();'));

describe('in a fresh clone, without a package', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-bare-'));
    for (const name of ['package.json', 'scripts', 'src'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const file of installing) {
    it(`node ${file} loads, and comes to where it installs`, () => {
      const { stderr } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 30_000,
      });
      match(stderr, /package-lock\.json is missing or damaged/); // Here it ends: there is none in this folder.
    });
  }
});
