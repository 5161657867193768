import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportResults } from '../../src/job/export-results.ts';
import { readAll } from './dataset/reading.ts';

describe('exportResults', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-export-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function toCsv(...rows: object[]): Promise<string> {
    const results = join(folder, 'results.jsonl');
    writeFileSync(results, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const out = join(folder, 'out.csv');
    writeFileSync(out, 'what was there before');
    await exportResults(results, out);
    return readFileSync(out, 'utf8');
  }

  it('gives objects a column for every key, and quotes what needs it', async () => {
    const csv = await toCsv(
      { index: 0, ok: true, value: { name: 'a,"b"', note: 'two\nlines' }, ms: 1, worker: 0 },
      { index: 1, ok: true, value: { name: 'c', more: [1] }, ms: 2, worker: 1 },
      { index: 2, ok: false, error: { name: 'Error', message: 'no' }, ms: 3, worker: 1 },
    );
    assert.equal(
      csv,
      [
        'index,ok,ms,worker,error,name,note,more',
        '0,true,1,0,,"a,""b""","two\nlines",',
        '1,true,2,1,,c,,[1]',
        '2,false,3,1,Error: no,,,',
        '',
      ].join('\r\n'),
    );
  });

  it('gives other values one column', async () => {
    const csv = await toCsv({ index: 0, ok: true, value: 0.5, ms: 1, worker: 0 });
    assert.equal(csv, 'index,ok,ms,worker,error,value\r\n0,true,1,0,,0.5\r\n');
  });

  it('writes CSV that reads as what it was', async () => {
    const texts = ['', ' lead', 'trail ', 'a\r\nb', '"', 'a,b', '\uFEFFx', "it's", '=1+1', 'ø😀', 'null'];
    const rows = texts.map((text, index) => ({ index, ok: true, value: { text }, ms: 1, worker: 0 }));
    await toCsv(...rows);
    const read = (await readAll('out.csv', folder)) as { text: string }[];
    assert.deepEqual(
      read.map(({ text }) => text),
      texts,
    );
  });

  async function toParquet(...rows: object[]): Promise<unknown[]> {
    const results = join(folder, 'results.jsonl');
    writeFileSync(results, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await exportResults(results, join(folder, 'out.parquet'));
    assert.deepEqual(readdirSync(folder).sort(), ['out.parquet', 'results.jsonl']);
    return await readAll('out.parquet', folder);
  }

  it('gives columns of Parquet the type that all values have, and JSON to the others', async () => {
    const value = { int: 1, half: 0.5, text: 'a', yes: true, when: { $date: '2026-01-31T12:00:00.000Z' } };
    const rows = await toParquet(
      { index: 0, ok: true, value: { ...value, mixed: 1, list: [1], index: 7 }, ms: 1.5, worker: 0 },
      {
        index: 1,
        ok: true,
        value: { int: 2, half: { $number: 'NaN' }, mixed: 'b', list: null },
        ms: 2,
        worker: 1,
      },
      { index: 2, ok: false, error: { name: 'Error', message: 'no' }, ms: 3, worker: 1 },
    );
    const nothing = { int: null, half: null, text: null, yes: null, when: null, mixed: null, list: null };
    const when = new Date(value.when.$date);
    assert.deepEqual(rows, [
      {
        ...{ index: 0, ok: true, ms: 1.5, worker: 0, error: null },
        ...{ int: 1, half: 0.5, text: 'a', yes: true, when, mixed: 1, list: [1], 'value.index': 7 },
      },
      {
        ...{ index: 1, ok: true, ms: 2, worker: 1, error: null, ...nothing },
        ...{ int: 2, half: Number.NaN, mixed: 'b', 'value.index': null },
      },
      { index: 2, ok: false, ms: 3, worker: 1, error: 'Error: no', ...nothing, 'value.index': null },
    ]);
  });

  it('writes Parquet of values that are no objects, of many rows, and of none', async () => {
    const many = Array.from({ length: 25_000 }, (_, index) => ({
      index,
      ok: true,
      value: index / 2,
      ms: 1,
      worker: 0,
    }));
    const rows = (await toParquet(...many)) as { index: number; value: number }[];
    assert.deepEqual([rows.length, rows[24_999]?.value], [25_000, 12_499.5]);
    assert.deepEqual(await toParquet(), []);
  });

  it('says which copy cannot be written', async () => {
    writeFileSync(join(folder, 'results.jsonl'), '');
    await assert.rejects(exportResults(join(folder, 'results.jsonl'), join(folder, 'none', 'out.csv')), {
      code: 'ERR_MANYCORE_WRITE',
      exitCode: 2,
    });
    await assert.rejects(exportResults(join(folder, 'results.jsonl'), join(folder, 'none', 'out.parquet')), {
      code: 'ERR_MANYCORE_WRITE',
    });
  });
});
