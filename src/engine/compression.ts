/** Bytes on their way through an engine: the first one tells whether gzip follows. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** Compressing costs more than it saves below this size in bytes. */
const WORTH_IT = 4096;

const [zip, unzip] = [promisify(gzip), promisify(gunzip)];

/** Compresses in a thread beside this one. */
export async function packed(bytes: Uint8Array, options: { readonly compressed: boolean }): Promise<Buffer> {
  const isWorthIt = options.compressed && bytes.length >= WORTH_IT;
  return Buffer.concat([Buffer.of(isWorthIt ? 1 : 0), isWorthIt ? await zip(bytes, { level: 1 }) : bytes]);
}

export async function unpacked(bytes: Buffer): Promise<Uint8Array> {
  const rest = bytes.subarray(1);
  return bytes[0] === 1 ? unzip(rest) : rest;
}
