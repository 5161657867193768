import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readContent, readSkipping, TempFolder } from './reading.ts';

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>;

function parquet(columnData: ColumnSource[], options: Options = {}): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

const cities = (rows: number, options?: Options) =>
  parquet(
    [
      { name: 'id', data: Array.from({ length: rows }, (_, i) => i), type: 'INT32' },
      {
        name: 'city',
        data: Array.from({ length: rows }, (_, i) => (i % 2 ? 'Oslo' : 'Bergen')),
        type: 'STRING',
      },
    ],
    options,
  );
const city = (i: number) => ({ id: i, city: i % 2 ? 'Oslo' : 'Bergen' });

describe('Parquet', () => {
  it('gives an object for every row, from every row group', async () => {
    const rows = await readContent('a.parquet', cities(250, { rowGroupSize: 100 }));
    assert.deepEqual(
      rows,
      Array.from({ length: 250 }, (_, i) => city(i)),
    );
  });

  it('gives values as a function takes them', async () => {
    const when = new Date('2026-01-31T12:00:00.000Z');
    const data = parquet([
      { name: 'int64', data: [1n, 2n ** 60n], type: 'INT64' },
      { name: 'when', data: [when, null], type: 'TIMESTAMP' },
      { name: 'bytes', data: [new Uint8Array([0, 255]), new Uint8Array()], type: 'BYTE_ARRAY' },
      { name: 'json', data: [{ a: [1] }, 'text'], type: 'JSON' },
      { name: 'half', data: [0.5, null], type: 'DOUBLE' },
      { name: 'yes', data: [true, false], type: 'BOOLEAN' },
    ]);
    assert.deepEqual(await readContent('a.parquet', data), [
      { int64: 1, when, bytes: new Uint8Array([0, 255]), json: { a: [1] }, half: 0.5, yes: true },
      { int64: 2n ** 60n, when: null, bytes: new Uint8Array(), json: 'text', half: null, yes: false },
    ]);
  });

  const codecs: [codec: CompressionCodec, compress: (bytes: Uint8Array) => Uint8Array][] = [
    ['GZIP', zlib.gzipSync],
    ['BROTLI', zlib.brotliCompressSync],
    ['LZ4_RAW', literals],
  ];
  if ('zstdCompressSync' in zlib) codecs.push(['ZSTD', zlib.zstdCompressSync as typeof zlib.gzipSync]);
  for (const [codec, compress] of codecs) {
    it(`is read when compressed by ${codec}`, async () => {
      const data = cities(30, { codec, compressors: { [codec]: compress } });
      assert.deepEqual((await readContent('a.parquet', data))[29], city(29));
    });
  }

  it('knows its number of rows before any is read, and can be read again', async () => {
    using folder = new TempFolder();
    folder.write('a.data', cities(7));
    const dataset = await openDataset('parquet:a.data', { cwd: folder.path, onBadRecord: 'fail' });
    assert.deepEqual([dataset.kind, dataset.count], ['parquet', 7]);
    for (let pass = 0; pass < 2; pass++) {
      let rows = 0;
      for await (const _ of dataset.records()) rows++;
      assert.equal(rows, 7);
    }
  });

  it('says what is wrong with a file that is none, cut off, or of a codec that is not known', async () => {
    const whole = cities(10);
    await assert.rejects(readContent('a.parquet', 'id,city\n'), {
      name: 'DatasetError',
      message: /is not Parquet: it does not begin with PAR1/,
      hint: /csv:FILE/,
    });
    await assert.rejects(readContent('a.parquet', whole.subarray(0, whole.length - 20)), {
      name: 'DatasetError',
      message: /cut off or damaged: it does not end with PAR1/,
    });
    await assert.rejects(readContent('a.parquet', 'PAR1'), /cut off/);
    const unknown = cities(10, { codec: 'LZO', compressors: { LZO: (bytes) => bytes } });
    await assert.rejects(readContent('a.parquet', unknown), {
      name: 'DatasetError',
      message: /column id is compressed with LZO/,
      hint: /SNAPPY/,
    });
  });

  it('names the row group that is damaged, and goes on after it when told to', async () => {
    const gzip = { GZIP: (bytes: Uint8Array) => zlib.gzipSync(bytes) };
    const damaged = cities(300, { rowGroupSize: 100, codec: 'GZIP', compressors: gzip });
    const marks = indicesOf(damaged, [0x1f, 0x8b, 0x08]);
    damaged[marks[marks.length / 3] ?? 0] = 0; // The first page of the second row group.
    await assert.rejects(readContent('a.parquet', damaged), {
      name: 'BadRecordError',
      code: 'ERR_MANYCORE_BAD_RECORD',
      message: /row group 1 \(rows 100 to 199\)/,
      records: 100,
      line: null,
    });
    const { records, skipped } = await readSkipping('a.parquet', damaged);
    assert.equal(skipped.length, 1);
    assert.deepEqual([records.length, records[99], records[100]], [200, city(99), city(200)]);
  });

  it('gives its whole rows or an error, whichever byte is damaged', async function () {
    this.timeout(120_000);
    using folder = new TempFolder();
    const file = folder.write('a.parquet', cities(20));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 5) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      writeFileSync(file, damaged);
      try {
        const dataset = await openDataset('a.parquet', { cwd: folder.path, onBadRecord: 'fail' });
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
});

/** A block of LZ4 that has one literal. */
function literals(bytes: Uint8Array): Uint8Array {
  const long = bytes.length - 15;
  if (long < 0) return Buffer.concat([Buffer.of(bytes.length << 4), bytes]);
  return Buffer.concat([
    Buffer.of(0xf0),
    Buffer.alloc(Math.floor(long / 255), 255),
    Buffer.of(long % 255),
    bytes,
  ]);
}

/** A damaged number of rows may be any number. */
const MANY = 1000;

function indicesOf(bytes: Uint8Array, pattern: readonly number[]): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (pattern.every((byte, i) => bytes[at + i] === byte)) found.push(at);
  }
  return found;
}
