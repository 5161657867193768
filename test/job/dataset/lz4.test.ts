import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeLz4Frame } from '../../../src/job/dataset/lz4.ts';

/** As the program `lz4` wrote them: a short one, one whose block is stored, with its checksum. */
const HELLO = 'BCJNGGRApw8AAABoaGVsbG8gBgBQaGVsbG8AAAAA8muUCw==';
const STORED = 'BCJNGHBArQMAAIB4eXrTL5PxAAAAAA==';
/** 40,000 lines in blocks of 64 KiB that refer to the blocks before: `lz4 -9 -B4 -BD`. */
const LINKED = new URL('../../fixtures/dataset/linked.lz4', import.meta.url);

describe('an LZ4 frame', () => {
  it('is decoded: matches that overlap themselves, and blocks that are stored', () => {
    const text = (frame: string, length: number) =>
      Buffer.from(decodeLz4Frame(Buffer.from(frame, 'base64'), length)).toString();
    assert.equal(text(HELLO, 23), 'hello hello hello hello');
    assert.equal(text(STORED, 3), 'xyz');
  });

  it('is decoded where blocks refer to the blocks before them', () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `row ${i % 50}\n`).join('');
    assert.equal(Buffer.from(decodeLz4Frame(readFileSync(LINKED), lines.length)).toString(), lines);
  });

  it('is refused where it is cut off, none, or of another length', () => {
    const frame = Buffer.from(HELLO, 'base64');
    for (let length = 0; length < frame.length - 4; length++) {
      assert.throws(() => decodeLz4Frame(frame.subarray(0, length), 23), RangeError, `${length} bytes`);
    }
    assert.throws(() => decodeLz4Frame(frame, 22), RangeError);
    assert.throws(() => decodeLz4Frame(frame, 24), /in place of 24/);
    assert.throws(() => decodeLz4Frame(Buffer.from('no frame at all'), 1), /no LZ4 frame/);
  });
});
