import assert from 'node:assert/strict';
import { lastRunText } from '../../../src/editor/lenses/last-run-text.ts';
import { hasLenses } from '../../../src/editor/lenses/lens-files.ts';

describe('files with lenses', () => {
  for (const file of ['src/a.ts', 'a.mts', 'lib/a.cjs', 'src/View.tsx', 'src/contest/a.js', 'latest.ts'])
    it(`shows them in ${file}`, () => assert.equal(hasLenses(file), true));
  for (const file of [
    'src/a.d.ts',
    'a.d.mts',
    'a.test.ts',
    'src/a.spec.js',
    'test/a.ts',
    'src/__tests__/a.ts',
    'node_modules/x/a.js',
    'a.json',
  ])
    it(`shows none in ${file}`, () => assert.equal(hasLenses(file), false));
});

describe('the last run in a lens', () => {
  const run = { speedup: 1.94, workers: 2, wallMs: 3_140, items: 100, failed: 0, interrupted: false };
  it('tells speedup, workers and time', () => assert.equal(lastRunText(run), '1.94x on 2 · 3.14 s'));
  it('tells what failed', () =>
    assert.equal(lastRunText({ ...run, failed: 3 }), '1.94x on 2 · 3.14 s · 3 failed'));
  it('claims no speedup that was not measured', () =>
    assert.equal(lastRunText({ ...run, speedup: null }), 'not measured on 2 · 3.14 s'));
  it('tells that it was stopped', () =>
    assert.equal(
      lastRunText({ ...run, interrupted: true }),
      '1.94x on 2 · 3.14 s · stopped after 100 items',
    ));
});
