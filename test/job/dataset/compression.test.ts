import assert from 'node:assert/strict';
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

  it('by zstd are read where Node can, and say which Node can otherwise', async () => {
    const frame = Buffer.from('KLUv/SQEIQAAMQoyCgdr2Lo=', 'base64');
    if ('zstdCompressSync' in zlib) {
      const compress = zlib.zstdCompressSync as (text: string) => Buffer;
      assert.deepEqual(await readContent('a.jsonl.zst', compress('1\n2\n')), [1, 2]);
      const whole = compress(lines(200_000));
      await assert.rejects(readContent('a.jsonl.zst', whole.subarray(0, whole.length / 2)), {
        name: 'DatasetError',
        message: /cut off/,
      });
      await assert.rejects(readContent('a.jsonl.zst', 'plain'), {
        name: 'DatasetError',
        message: /is not zstd, or damaged/,
      });
    } else {
      await assert.rejects(readContent('a.jsonl.zst', frame), {
        message: new RegExp(`zstd, which Node ${process.version} does not have`),
        hint: /Node 22\.15 or later/,
      });
    }
  });
});
