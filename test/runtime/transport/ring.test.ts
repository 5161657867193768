import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ByteWriter } from '../../../runtime/transport/bytes.ts';
import { LEVELS, RingReader, RingWriter } from '../../../runtime/transport/ring.ts';
import { createSegment, Segment } from '../../../runtime/transport/segment.ts';
import { random } from '../random.ts';

/** Both ends of a ring, each over a mapping of its own, as in two processes. */
function bothEnds(fd: number) {
  const ends = [Segment.map(fd), Segment.map(fd)] as const;
  const [theirs, ours] = ends;
  assert.ok(theirs !== null && ours !== null);
  const got: { type: number; bytes: Buffer }[] = [];
  let wakes = 0;
  const first = [theirs.ring('to-parent', 0, true), ours.ring('to-parent', 0, false)] as const;
  assert.ok(first[0] !== null && first[1] !== null);
  const writer = new RingWriter(first[0], (level) => theirs.ring('to-parent', level, true));
  const reader = new RingReader(
    first[1],
    (level) => ours.ring('to-parent', level, false),
    (type, body) => got.push({ type, bytes: Buffer.from(body.rest()) }),
    () => wakes++,
  );
  return { writer, reader, got, wakes: () => wakes };
}

function frameOf(type: number, body: Buffer): Buffer {
  const frame = new ByteWriter();
  frame.u32(body.length + 1);
  frame.u8(type);
  frame.bytes(body);
  return frame.take();
}

describe('a ring in shared memory', () => {
  let fd = -1;
  beforeEach(() => {
    const made = createSegment();
    assert.ok(made !== null);
    fd = made;
  });
  afterEach(() => closeSync(fd));

  it('gives frames of all sizes as they were written, also those that are larger than it', () => {
    const { writer, reader, got } = bothEnds(fd);
    const next = random(7).next;
    const sent: Buffer[] = [];
    for (let i = 0; i < 3000; i++) {
      const size = Math.floor(2 ** (next() * (i % 500 === 499 ? 23 : 15)));
      const body = Buffer.alloc(size, i & 0xff);
      sent.push(body);
      const frame = frameOf(i % 200, body);
      for (let at = 0; at < frame.length; ) {
        at = writer.write(frame, at);
        if (at < frame.length || next() < 0.1) reader.read();
      }
    }
    reader.read();
    assert.equal(got.length, sent.length);
    for (const [i, body] of sent.entries())
      assert.ok(got[i]?.type === i % 200 && body.equals(got[i].bytes), `frame ${i} of ${body.length} bytes`);
  });

  it('is read after its writer is gone, up to the last frame that was whole', () => {
    const { writer, reader, got } = bothEnds(fd);
    assert.equal(writer.number(1), true);
    assert.equal(writer.number(2), true);
    const place = writer.place(100);
    assert.ok(place !== null);
    // A frame that its writer had begun when it was killed, before it published the others.
    place.bytes.fill(0xff, place.start, place.start + 100);
    assert.equal(reader.read(), false);
    reader.readRest();
    assert.equal(got.length, 1, 'numbers that follow each other come together');
    assert.equal(got[0]?.bytes.readDoubleLE(0), 1);
    assert.equal(got[0]?.bytes.readDoubleLE(13), 2);
  });

  it('wakes a reader that sleeps, once, also when the writer has gone on to a larger ring', () => {
    const { writer, reader } = bothEnds(fd);
    assert.equal(writer.wakesReader(), false, 'it is not asleep');
    assert.equal(reader.sleep(), true);
    writer.write(frameOf(1, Buffer.alloc(LEVELS[1])), 0);
    assert.equal(writer.wakesReader(), true);
    assert.equal(writer.wakesReader(), false);
  });

  it('lets no reader fall asleep while there is something to read', () => {
    const { writer, reader } = bothEnds(fd);
    writer.number(1);
    writer.publish();
    assert.equal(reader.sleep(), false);
    reader.read();
    assert.equal(reader.sleep(), true);
  });

  it('tells a writer that waits for room, as soon as there is some', () => {
    const { writer, reader, wakes } = bothEnds(fd);
    while (writer.number(0));
    writer.publish();
    assert.equal(writer.waitForRoom(1000), true);
    assert.equal(wakes(), 0);
    reader.read();
    assert.equal(wakes(), 1);
    assert.equal(writer.waitForRoom(1000), false, 'there is room by now');
  });

  it('refuses what is no frame', () => {
    const { writer, reader } = bothEnds(fd);
    const place = writer.place(100);
    assert.ok(place !== null);
    place.view.setUint32(place.start, 5000, true);
    writer.written(10);
    writer.publish();
    assert.throws(() => reader.read(), /broken ring/);
  });
});
