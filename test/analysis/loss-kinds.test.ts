import assert from 'node:assert/strict';
import { createECDH, createHash, createHmac } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { ByteReader, ByteWriter } from '../../runtime/transport/bytes.ts';
import { decode, encode } from '../../runtime/values/codec.ts';
import { EMPTIED, KEEPING_FIELDS } from '../../src/analysis/loss-kinds.ts';

/** What arrives of a value that is sent. */
function arrived(value: object): object {
  const writer = new ByteWriter();
  encode(value, writer, () => 'value');
  return decode(new ByteReader(writer.written())) as object;
}

const closed = <C extends { close(): void }>(channel: C): C => {
  channel.close();
  return channel;
};

const VALUES: Readonly<Record<string, () => object>> = {
  AbortSignal: () => new AbortController().signal,
  AbortController: () => new AbortController(),
  Request: () => new Request('https://example.org'),
  Response: () => new Response('text'),
  FormData: () => new FormData(),
  TextDecoder: () => new TextDecoder(),
  TextEncoder: () => new TextEncoder(),
  EventTarget: () => new EventTarget(),
  BroadcastChannel: () => closed(new BroadcastChannel('manycore-test')),
  Performance: () => performance,
  PerformanceEntry: () => performance.mark('manycore-test'),
  ECDH: () => createECDH('secp256k1'),
  TextDecoderStream: () => new TextDecoderStream(),
  TextEncoderStream: () => new TextEncoderStream(),
  CompressionStream: () => new CompressionStream('gzip'),
  DecompressionStream: () => new DecompressionStream('gzip'),
  Hash: () => createHash('sha256'),
  Hmac: () => createHmac('sha256', 'key'),
  EventEmitter: () => new EventEmitter(),
};

describe('kinds of loss', () => {
  for (const name of Object.keys(EMPTIED)) {
    it(`${name} arrives without anything that can be used`, () => {
      const make = VALUES[name];
      assert.ok(make, 'is tried');
      const value = arrived(make());
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.deepEqual(
        Object.keys(value).filter((key) => !key.startsWith('_')),
        [],
      );
    });
  }

  it('Stats and Dirent keep their fields and lose their methods', () => {
    const [entry] = readdirSync('.', { withFileTypes: true });
    const stats = statSync('.');
    assert.ok(entry);
    assert.deepEqual([KEEPING_FIELDS.has('Dirent'), KEEPING_FIELDS.has('Stats')], [true, true]);
    assert.deepEqual(
      [Reflect.get(arrived(entry), 'name'), Reflect.has(arrived(entry), 'isFile')],
      [entry.name, false],
    );
    assert.deepEqual(
      [Reflect.get(arrived(stats), 'size'), Reflect.has(arrived(stats), 'isFile')],
      [stats.size, false],
    );
  });
});
