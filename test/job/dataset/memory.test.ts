import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
      const args = ['--max-old-space-size=64', '--import', 'tsx', reader, name, folder.path];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { records, rssGrowth } = JSON.parse(stdout) as { records: number; rssGrowth: number };
      assert.ok(records >= Math.floor(BYTES / lines.length), `${records} records`);
      assert.ok(rssGrowth < BYTES / 2, `${rssGrowth} bytes beyond the start`);
    });
  }
});
