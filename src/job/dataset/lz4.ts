/**
 * LZ4, in which Arrow compresses its buffers (as frames) and Parquet its pages (as single blocks); the packages for Node
 * that read frames are native or no longer kept.
 *
 *   magic 04 22 4d 18 | flags | block size | [content size, 8] | [dictionary id, 4] | header checksum
 *   blocks: length (4; the top bit: not compressed) | bytes | [checksum, 4], until a length of 0 | [content checksum, 4]
 *
 * A block may refer to the 64 KiB before it. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * Checksums are not compared.
 */

/**
 * The content of a frame. `length` is that of the content, which Arrow keeps beside the frame.
 * @throws RangeError where the bytes are no such frame or give another length.
 */
export function decodeLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== 0x184d2204) throw new RangeError('no LZ4 frame');
  const flags = view.getUint8(4);
  const checksums = (flags & 0x10) !== 0;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  const output = new Uint8Array(length);
  let written = 0;
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    const stored = size >>> 31 === 1;
    const block = frame.subarray(at + 4, at + 4 + (size & 0x7fffffff));
    if (stored) output.set(block, written);
    written = stored ? written + block.length : decodeBlock(block, output, written);
    at += 4 + (size & 0x7fffffff) + (checksums ? 4 : 0);
  }
  if (written !== length) throw new RangeError(`an LZ4 frame of ${written} bytes in place of ${length}`);
  return output;
}

/**
 * The content of one block.
 * @throws RangeError where the bytes are no such block or give another length.
 */
export function decodeLz4Block(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const written = decodeBlock(block, output, 0);
  if (written !== length) throw new RangeError(`an LZ4 block of ${written} bytes in place of ${length}`);
  return output;
}

/** Sequences of `token | literals | offset back (2) | length of the match`; gives where the output ends. */
function decodeBlock(block: Uint8Array, output: Uint8Array, begin: number): number {
  let [at, out] = [0, begin];
  const long = (short: number): number => {
    let sum = short;
    for (let byte = short === 15 ? 255 : 0; byte === 255; sum += byte) byte = block[at++] ?? 0;
    return sum;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = long(token >> 4);
    output.set(block.subarray(at, at + literals), out);
    at += literals;
    out += literals;
    if (at >= block.length) break;
    const back = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const end = out + long(token & 15) + 4;
    if (back === 0 || back > out || end > output.length) throw new RangeError('an LZ4 block is damaged');
    if (back >= end - out) {
      output.copyWithin(out, out - back, end - back);
      out = end;
    }
    // The match overlaps itself: what was just written is read again.
    for (; out < end; out++) output[out] = output[out - back] ?? 0;
  }
  return out;
}
