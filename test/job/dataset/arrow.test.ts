import assert from 'node:assert/strict';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import {
  CompressionType,
  dictionary,
  int64,
  list,
  setCompressionCodec,
  tableFromArrays,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readContent, readSkipping, TempFolder } from './reading.ts';

const city = (i: number) => ({ id: i, city: i % 2 ? 'Oslo' : 'Bergen' });
const cities = (rows: number, format: 'file' | 'stream', codec?: (typeof CompressionType)['ZSTD']) =>
  bytesOf(
    tableToIPC(
      tableFromArrays(
        {
          id: Array.from({ length: rows }, (_, i) => i),
          city: Array.from({ length: rows }, (_, i) => city(i).city),
        },
        { types: { city: dictionary(utf8()) }, maxBatchRows: 100 },
      ),
      codec === undefined ? { format } : { format, codec },
    ),
  );

function bytesOf(bytes: Uint8Array | null): Uint8Array {
  assert.ok(bytes);
  return bytes;
}

describe('Arrow IPC', () => {
  for (const format of ['file', 'stream'] as const) {
    it(`gives an object for every row, from every record batch of a ${format}`, async () => {
      const rows = await readContent('a.arrow', cities(250, format));
      assert.deepEqual(
        rows,
        Array.from({ length: 250 }, (_, i) => city(i)),
      );
    });

    it(`knows the number of rows of a ${format} before any is read`, async () => {
      using folder = new TempFolder();
      folder.write('a.feather', cities(250, format));
      const dataset = await openDataset('a.feather', { cwd: folder.path, onBadRecord: 'fail' });
      assert.deepEqual([dataset.kind, dataset.count], ['arrow', 250]);
    });
  }

  it('gives values as a function takes them', async () => {
    const when = new Date('2026-01-31T12:00:00.000Z');
    const table = tableFromArrays(
      { long: [1n, 2n ** 60n], when: [when, null], names: [['a', null], []] },
      { types: { long: int64(), when: timestamp(), names: list(utf8()) } },
    );
    assert.deepEqual(await readContent('a.arrows', bytesOf(tableToIPC(table, { format: 'stream' }))), [
      { long: 1, when, names: ['a', null] },
      { long: 2n ** 60n, when: null, names: [] },
    ]);
  });

  it('is read compressed as a whole, and from standard input', async () => {
    const bytes = cities(30, 'file');
    assert.deepEqual((await readContent('a.arrow.gz', zlib.gzipSync(bytes)))[29], city(29));
    using folder = new TempFolder();
    const stdin = createReadStream(folder.write('a', bytes));
    const dataset = await openDataset('arrow:-', { cwd: folder.path, onBadRecord: 'fail', stdin });
    const rows: unknown[] = [];
    for await (const row of dataset.records()) rows.push(row);
    assert.deepEqual([rows.length, rows[29]], [30, city(29)]);
  });

  it('is read with its buffers compressed by zstd', async function () {
    if (!('zstdCompressSync' in zlib)) this.skip();
    const encode = zlib.zstdCompressSync as (bytes: Uint8Array) => Uint8Array;
    setCompressionCodec(CompressionType.ZSTD, { encode, decode: (bytes) => bytes });
    const bytes = cities(300, 'file', CompressionType.ZSTD);
    assert.deepEqual((await readContent('a.arrow', bytes))[299], city(299));
  });

  it('is read with its buffers compressed by LZ4', async () => {
    const bytes = readFileSync(LZ4);
    assert.deepEqual((await readContent('a.arrow', bytes))[299], city(299));
  });

  it('says where a file is cut off, and that another is none', async () => {
    const whole = cities(250, 'file');
    await assert.rejects(readContent('a.arrow', whole.subarray(0, whole.length / 2)), {
      name: 'DatasetError',
      message: /cut off in message \d+ at byte \d+/,
    });
    await assert.rejects(readContent('a.arrow', 'id,city\n1,Oslo\n'), {
      name: 'DatasetError',
      message: /is not Arrow IPC, or damaged: message 0 at byte 0/,
    });
    await assert.rejects(readContent('a.arrow', ''), /cut off in message 0/);
    await assert.rejects(readContent('a.feather', 'FEA1....'), {
      message: /Feather of version 1/,
      hint: /pyarrow/,
    });
  });

  it('gives its whole rows or an error, whichever byte is damaged', async function () {
    this.timeout(120_000);
    using folder = new TempFolder();
    const file = folder.write('a.arrow', cities(20, 'file'));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 9) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      writeFileSync(file, damaged);
      try {
        const dataset = await openDataset('a.arrow', { cwd: folder.path, onBadRecord: 'fail' });
        let rows = 0;
        for await (const row of dataset.records()) {
          assert.equal(typeof row, 'object');
          if (++rows === MANY) break;
        }
      } catch (error) {
        assert.ok(error instanceof Error && 'exitCode' in error, `byte ${at}: ${error}`);
      }
    }
  });

  it('names the record batch that is damaged, and goes on after it when told to', async () => {
    const damaged = readFileSync(LZ4);
    const mark = Buffer.from('04224d18', 'hex');
    const frames: number[] = [];
    for (let at = damaged.indexOf(mark); at !== -1; at = damaged.indexOf(mark, at + 1)) frames.push(at);
    damaged[frames.at(-1) ?? 0] = 0;
    await assert.rejects(readContent('a.arrow', damaged), {
      name: 'BadRecordError',
      message: /record batch \d at byte \d+ \(rows \d+ to \d+\): no LZ4 frame/,
    });
    const { records, skipped } = await readSkipping('a.arrow', damaged);
    assert.deepEqual([skipped.length, records.length], [1, 200]);
  });
});

/** A damaged number of rows may be any number. */
const MANY = 1000;

/** 300 rows in three batches, each buffer a frame of the program `lz4`, with blocks that refer to those before. */
const LZ4 = new URL('../../fixtures/dataset/cities-lz4.arrow', import.meta.url);
