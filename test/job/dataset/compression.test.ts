import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readContent, TempFolder } from './reading.ts';

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `{"n":${index},"x":"${(index * 7919) % 10007}"}\n`).join('');

describe('compressed files', () => {
  it('are read as the kind that their name says before .gz', async () => {
    assert.deepEqual(await readContent('a.jsonl.gz', zlib.gzipSync('1\n2\n')), [1, 2]);
    assert.deepEqual(await readContent('a.csv.gz', zlib.gzipSync('a\nx\n')), [{ a: 'x' }]);
    assert.deepEqual(await readContent('a.json.gz#/b', zlib.gzipSync('{"b":[3]}')), [3]);
    assert.deepEqual(await readContent('a.log.gz', zlib.gzipSync('x')), ['x']);
    assert.deepEqual(await readContent('jsonl:a.gz', zlib.gzipSync('1')), [1]);
  });

  it('may have several members one after the other, as log rotation writes them', async () => {
    const members = Buffer.concat([zlib.gzipSync('a\n'), zlib.gzipSync('b\n')]);
    assert.deepEqual(await readContent('a.txt.gz', members), ['a', 'b']);
  });

  it('give the records before the place where they are cut off, then say so', async () => {
    using folder = new TempFolder();
    const whole = zlib.gzipSync(lines(200_000));
    folder.write('a.jsonl.gz', whole.subarray(0, whole.length / 2));
    const dataset = await openDataset('a.jsonl.gz', { cwd: folder.path, onBadRecord: 'skip' });
    let read = 0;
    await assert.rejects(
      async () => {
        for await (const record of dataset.records()) assert.equal((record as { n: number }).n, read++);
      },
      { name: 'DatasetError', message: /a\.jsonl\.gz is cut off: its compressed data ends too early/ },
    );
    assert.ok(read > 10_000 && read < 200_000, `${read} records`);
  });

  it('are refused when they are not gzip', async () => {
    await assert.rejects(readContent('a.txt.gz', 'plain'), {
      message: /is not gzip, or damaged/,
      hint: /take the last extension off/,
    });
  });

  it('by zstd are read under every Node, with several frames one after the other', async () => {
    const bytes = readFileSync(ZSTD);
    const rows = Array.from({ length: 40_000 }, (_, i) => `row ${i % 50}`);
    assert.deepEqual(await readContent('rows.txt.zst', bytes), [...rows, 'end']);
    assert.deepEqual(
      await readContent('a.jsonl.zst', Buffer.from('KLUv/QRYIQAAMQoyCpFHpzk=', 'base64')),
      [1, 2],
    );
  });

  it('by zstd are refused when they are cut off, or not zstd', async () => {
    const bytes = readFileSync(ZSTD);
    for (const length of [bytes.length / 2, bytes.length - 10, 6]) {
      await assert.rejects(readContent('rows.txt.zst', bytes.subarray(0, length)), {
        name: 'DatasetError',
        message: /cut off/,
      });
    }
    await assert.rejects(readContent('a.jsonl.zst', 'plain text, and more of it'), {
      name: 'DatasetError',
      message: /is not zstd, or damaged/,
    });
  });
});

/** 40,000 lines, and a second frame with one more: written by the program `zstd`. */
const ZSTD = new URL('../../fixtures/dataset/rows.txt.zst', import.meta.url);
