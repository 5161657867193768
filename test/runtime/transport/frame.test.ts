import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ByteWriter } from '../../../runtime/transport/bytes.ts';
import { FrameSplitter, MAX_FRAME } from '../../../runtime/transport/frame.ts';

const frame = (type: number, text: string): Buffer => {
  const writer = new ByteWriter(8);
  writer.u32(0);
  writer.u8(type);
  writer.text(text);
  writer.patchU32(0, writer.length - 4);
  return writer.take();
};

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const stream = Buffer.concat([frame(1, 'a'), frame(2, ''), frame(3, 'ü'.repeat(2000)), frame(4, 'z')]);
    for (const step of [1, 2, 3, 7, 100, stream.length]) {
      const seen: [number, number][] = [];
      const splitter = new FrameSplitter((type, body) => seen.push([type, body.text().length]));
      for (let at = 0; at < stream.length; at += step) splitter.push(stream.subarray(at, at + step));
      assert.deepEqual(seen, [
        [1, 1],
        [2, 0],
        [3, 2000],
        [4, 1],
      ]);
      assert.equal(splitter.pending, 0);
    }
  });

  it('are refused when they claim to be larger than allowed', () => {
    const head = Buffer.alloc(5);
    head.writeUInt32LE(MAX_FRAME + 1);
    assert.throws(() => new FrameSplitter(() => {}).push(head), /broken stream/);
  });
});
