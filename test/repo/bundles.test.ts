import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const all: Record<string, number> = JSON.parse(readFileSync(join(ROOT, 'scripts/budgets.json'), 'utf8'));
const budgets = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('packages/')));

describe('the bundles', () => {
  before(() => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'pipe' });
  });

  it('each have a budget', async () => {
    const { bundles } = await import('../../scripts/bundles.mjs');
    assert.deepEqual(Object.keys(budgets).sort(), bundles.map(({ out }) => out).sort());
  });

  for (const [out, budget] of Object.entries(budgets)) {
    it(`${out} stays within ${budget / 1000} kB`, () => {
      // With the parts that are loaded later.
      const parts = readdirSync(join(ROOT, dirname(out))).filter((file) => file.endsWith('.js'));
      const own = parts.filter((file) => file.startsWith(`${basename(out, '.js')}-part-`));
      const files = [basename(out), ...own].map((file) => join(ROOT, dirname(out), file));
      const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
      assert.ok(
        size <= budget,
        `${out} has ${size} bytes: find what came in, or raise scripts/budgets.json knowingly`,
      );
    });
  }

  it('of the extension host hold neither ts-morph, nor esbuild, nor the pool', () => {
    const text = readFileSync(join(ROOT, 'dist/extension.cjs'), 'utf8');
    for (const foreign of ['ts-morph', 'ESBUILD_BINARY_PATH', 'ERR_MANYCORE_WORKER_DIED']) {
      assert.ok(!text.includes(foreign), `dist/extension.cjs holds ${foreign}`);
    }
  });
});
