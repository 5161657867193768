import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportResults } from '../../src/job/export-results.ts';

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

  it('says which copy cannot be written', async () => {
    writeFileSync(join(folder, 'results.jsonl'), '');
    await assert.rejects(exportResults(join(folder, 'results.jsonl'), join(folder, 'none', 'out.csv')), {
      code: 'ERR_MANYCORE_WRITE',
      exitCode: 2,
    });
  });
});
