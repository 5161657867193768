/** Items and outcomes of a chunk as bytes. Both ends have the same major version of Node, so that V8's own format holds. */
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { TaskItem } from '../job/task-text.ts';

/** Compressing costs more than it saves below this size in bytes. */
const WORTH_IT = 4096;

export const packChunk = (items: readonly TaskItem[]): Uint8Array => pack(serialize(items));
export const unpackChunk = (payload: Uint8Array): readonly TaskItem[] => deserialize(unpack(payload));

/** Each record as `packRecord` gives it. */
export const packRecords = (records: readonly string[]): Uint8Array => pack(serialize(records));
export const unpackRecords = (payload: Uint8Array): readonly string[] => deserialize(unpack(payload));

/** The first byte tells: 1 for gzip. */
function pack(bytes: Buffer): Uint8Array {
  const zip = bytes.length >= WORTH_IT;
  return Buffer.concat([Buffer.of(zip ? 1 : 0), zip ? gzipSync(bytes, { level: 1 }) : bytes]);
}

function unpack(payload: Uint8Array): Buffer {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).subarray(1);
  return payload[0] === 1 ? gunzipSync(bytes) : bytes;
}
