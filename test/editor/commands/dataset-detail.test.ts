import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { detailOf, problemOfTyped } from '../../../src/editor/commands/dataset-detail.ts';
import type { DatasetPreview } from '../../../src/protocol/preview.ts';

const CWD = resolve('folder');
const csv = { kind: 'csv', count: 2, bytes: 32, calls: ['f(1)', 'f(2)'], skipped: 0, uncalled: null };
const failure = { code: 'ERR_X', message: `${join(CWD, 'a.csv')} is cut off.`, hint: 'Copy it again.' };

describe('the line under a dataset', () => {
  const lines: readonly [shown: string, preview: DatasetPreview | null][] = [
    ['2 items, CSV, 32 bytes: f(1), f(2)', csv],
    ['1,000 items: f(0), …', { ...csv, kind: 'range', count: 1000, bytes: null, calls: ['f(0)'] }],
    ['streamed, JSON Lines, 1.50 GB: f(1), f(2), …', { ...csv, kind: 'jsonl', count: null, bytes: 1.5e9 }],
    ['0 items, CSV, 1 byte', { ...csv, count: 0, bytes: 1, calls: [] }],
    ['2 items, CSV, 32 bytes, 1 bad record left out so far: f(1), f(2)', { ...csv, skipped: 1 }],
    ['what make() gives when the run begins', { ...csv, count: null, calls: [], uncalled: 'make' }],
    ['$(error) a.csv is cut off. Copy it again.', { failure, arrays: [] }],
    ['an object, with items in #/rows, #/b', { failure, arrays: ['a.json#/rows', 'a.json#/b'] }],
    ['no preview: "Manycore: Show Logs" has the reason', null],
  ];
  for (const [shown, preview] of lines) it(`is: ${shown}`, () => assert.equal(detailOf(preview, CWD), shown));

  it('refuses what is for the command line', () => {
    for (const text of ['-', 'csv:-']) assert.match(problemOfTyped(text) ?? '', /command line only/);
    assert.match(problemOfTyped(' ') ?? '', /Write a path/);
    assert.equal(problemOfTyped('a-'), null);
  });
});
