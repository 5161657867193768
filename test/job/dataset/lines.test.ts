import assert from 'node:assert/strict';
import { MAX_RECORD_BYTES } from '../../../src/job/dataset/dataset.ts';
import { textLines } from '../../../src/job/dataset/lines.ts';
import { readContent, readSkipping } from './reading.ts';

describe('JSON Lines', () => {
  it('gives one value a line; blank lines are no records', async () => {
    assert.deepEqual(await readContent('a.jsonl', '{"a":1}\n\n  \n[2]\n"x"\nnull\n'), [
      { a: 1 },
      [2],
      'x',
      null,
    ]);
  });

  it('takes CRLF, a byte order mark and a last line without its end', async () => {
    assert.deepEqual(await readContent('a.ndjson', '\uFEFF1\r\n2\r\n3'), [1, 2, 3]);
  });

  it('has no items in an empty file', async () => {
    assert.deepEqual(await readContent('a.jsonl', ''), []);
  });

  it('tells the line of a bad record, after the records before it', async () => {
    await assert.rejects(readContent('a.jsonl', '1\n\n{"a": nope}\n4\n'), {
      name: 'BadRecordError',
      code: 'ERR_MANYCORE_BAD_RECORD',
      exitCode: 2,
      line: 3,
      message: /a\.jsonl:3: Unexpected token/,
      hint: /--on-bad-record skip/,
    });
  });

  it('leaves bad records out when they are to be skipped, and tells of each', async () => {
    const { records, skipped } = await readSkipping('a.jsonl', '1\nnope\n3\n{\n5');
    assert.deepEqual(records, [1, 3, 5]);
    assert.deepEqual(
      skipped.map((text) => text.slice(0, 2)),
      ['2:', '4:'],
    );
  });

  it('reads a file of another name when told its kind', async () => {
    assert.deepEqual(await readContent('jsonl:a.txt', '[1]\n[2]\n'), [[1], [2]]);
  });
});

describe('text lines', () => {
  it('gives every line as a string, blank ones too, without its end', async () => {
    assert.deepEqual(await readContent('a.txt', 'one\n\n two \r\nthree\rfour'), [
      'one',
      '',
      ' two ',
      'three\rfour',
    ]);
  });

  it('has as many items as lines, whether or not the last one is ended', async () => {
    assert.deepEqual(await readContent('a.log', 'a\nb\n'), ['a', 'b']);
    assert.deepEqual(await readContent('a.log', '\n'), ['']);
    assert.deepEqual(await readContent('a.log', ''), []);
  });

  it('gives the same lines however the bytes are cut', () => {
    const bytes = Buffer.from('\uFEFFé\r\n\n\u{1F600}x\nlast');
    for (let size = 1; size <= bytes.length; size++) {
      const reader = textLines('a.txt', assert.fail);
      const records: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size)
        records.push(...reader.push(bytes.subarray(at, at + size)));
      assert.deepEqual(
        [...records, ...reader.end()],
        ['é', '', '\u{1F600}x', 'last'],
        `in pieces of ${size}`,
      );
    }
  });

  it('takes a line that is not UTF-8 for a bad record, and only that one', async () => {
    const bytes = Buffer.concat([Buffer.from('a\nb'), Buffer.from([0xe9]), Buffer.from('\nc\n')]);
    assert.deepEqual(await readSkipping('a.txt', bytes), {
      records: ['a', 'c'],
      skipped: ['2: not valid UTF-8'],
    });
    const utf16 = Buffer.from('\uFEFFab\n', 'utf16le');
    await assert.rejects(readContent('a.txt', utf16), /a\.txt:1: not valid UTF-8 \(it looks like UTF-16\)/);
  });

  it('takes a line above the limit for a bad record without holding it', () => {
    const skipped: string[] = [];
    const reader = textLines('a.txt', (error) => skipped.push(`${error.line}: ${error.reason}`));
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const records: unknown[] = [...reader.push(Buffer.from('first\n'))];
    for (let read = 0; read <= MAX_RECORD_BYTES; read += megabyte.length)
      records.push(...reader.push(megabyte));
    records.push(...reader.push(Buffer.from('\nlast')), ...reader.end());
    assert.deepEqual(records, ['first', 'last']);
    assert.deepEqual(skipped, [
      `2: the line has ${MAX_RECORD_BYTES + megabyte.length} bytes; the limit is ${MAX_RECORD_BYTES}`,
    ]);
  });
});
