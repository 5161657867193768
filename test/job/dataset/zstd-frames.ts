const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** No checksum, no size of the content; a window of 1 MiB. */
const HEADER = Buffer.from([0x00, 10 << 3]);
/** Longest block in bytes. */
const BLOCK = 128 * 1024;

/**
 * A zstd frame of raw blocks: what any decompressor must read, made without a compressor, which Node has from 22.15 on
 * only. https://www.rfc-editor.org/rfc/rfc8878#name-zstandard-frames
 */
export function zstdFrame(content: Uint8Array): Buffer {
  const parts = [MAGIC, HEADER];
  for (let begin = 0; ; begin += BLOCK) {
    const block = content.subarray(begin, begin + BLOCK);
    const isLast = begin + BLOCK >= content.length;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(head, Buffer.from(block));
    if (isLast) return Buffer.concat(parts);
  }
}
