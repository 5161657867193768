import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { TempFolder } from './reading.ts';

const BYTES = 200 * 1024 * 1024;
const reader = fileURLToPath(new URL('../../fixtures/dataset/count-records.ts', import.meta.url));

/** A file of `lines` again and again, between `begin` and `end`. */
async function writeLarge(file: string, begin: string, lines: string, end: string): Promise<void> {
  const block = Buffer.from(lines.repeat(Math.ceil((1024 * 1024) / lines.length)));
  const out = createWriteStream(file);
  out.write(begin);
  for (let written = 0; written < BYTES; written += block.length) {
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end(end);
  await finished(out);
}

/** Parquet with row groups of some MB, whose texts are all different. */
function writeParquet(file: string, text: string): number {
  const rows = Math.ceil(BYTES / text.length);
  function* each() {
    for (let id = 0; id < rows; id++) yield { id, text: `${id}${text}` };
  }
  const columns = [{ name: 'id' }, { name: 'text' }];
  parquetWriteRows({
    writer: fileWriter(file),
    rows: each(),
    columns,
    codec: 'UNCOMPRESSED',
    rowGroupSize: 5000,
  });
  return rows;
}

/** An Arrow stream with the same record batch again and again. */
async function writeArrow(file: string, text: string): Promise<number> {
  const ids = Array.from({ length: 1000 }, (_, id) => id);
  const table = tableFromArrays({ id: ids, text: ids.map((id) => `${id}${text}`) });
  const stream = Buffer.from(tableToIPC(table, { format: 'stream' }) ?? []);
  const schema = 8 + stream.readInt32LE(4);
  const [begin, batch, end] = [stream.subarray(0, schema), stream.subarray(schema, -8), stream.subarray(-8)];
  const batches = Math.ceil(BYTES / batch.length);
  const out = createWriteStream(file);
  out.write(begin);
  for (let i = 0; i < batches; i++) if (!out.write(batch)) await once(out, 'drain');
  out.end(end);
  await finished(out);
  return batches * 1000;
}

async function readInSmallHeap(name: string, cwd: string): Promise<{ records: number; rssGrowth: number }> {
  const args = ['--max-old-space-size=64', '--import', 'tsx', reader, name, cwd];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { records: number; rssGrowth: number };
}

// What the garbage collector has not given back yet counts too, so the bound is a fraction of the file, not a record.
describe('memory of a dataset', () => {
  const text = 'x'.repeat(900);
  const files = [
    ['a.jsonl', '', `{"id":123,"text":"${text}"}\n`, ''],
    ['a.csv', 'id,text\n', `123,"${text}"\n`, ''],
    ['a.json', '[', `{"id":123,"text":"${text}"},\n`, '0]'],
    ['a.txt', '', `${text}\n`, ''],
  ] as const;

  for (const [name, begin, lines, end] of files) {
    it(`does not grow with the file: 200 MB of ${name} in a heap of 64 MB`, async () => {
      using folder = new TempFolder();
      await writeLarge(`${folder.path}/${name}`, begin, lines, end);
      const { records, rssGrowth } = await readInSmallHeap(name, folder.path);
      assert.ok(records >= Math.floor(BYTES / lines.length), `${records} records`);
      assert.ok(rssGrowth < BYTES / 2, `${rssGrowth} bytes beyond the start`);
    });
  }

  for (const [name, write] of [
    ['a.parquet', writeParquet],
    ['a.arrow', writeArrow],
  ] as const) {
    it(`does not grow with the file: 200 MB of ${name} in a heap of 64 MB`, async () => {
      using folder = new TempFolder();
      const rows = await write(`${folder.path}/${name}`, text);
      const { records, rssGrowth } = await readInSmallHeap(name, folder.path);
      assert.equal(records, rows);
      // Buffers outside of the heap are collected late: Node 24 keeps some 150 MB of them, whatever the file's size.
      assert.ok(rssGrowth < BYTES, `${rssGrowth} bytes beyond the start`);
    });
  }
});
