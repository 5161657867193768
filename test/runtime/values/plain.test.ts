import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ByteReader, ByteWriter } from '../../../runtime/transport/bytes.ts';
import { PlainReader } from '../../../runtime/values/plain-reader.ts';
import { PlainWriter } from '../../../runtime/values/plain-writer.ts';
import { MAX_SHAPES } from '../../../runtime/values/shapes.ts';
import { random } from '../random.ts';

/** Values through one stream, as results of one worker go. */
function throughOneStream(values: readonly object[]): unknown[] {
  const to = new ByteWriter();
  const writer = new PlainWriter();
  for (const value of values) assert.ok(writer.write(value, to), 'is plain');
  const from = new ByteReader(to.take());
  const reader = new PlainReader();
  return values.map(() => reader.read(from));
}

function isRefused(value: object): void {
  const to = new ByteWriter();
  assert.equal(new PlainWriter().write(value, to), false);
  assert.equal(to.length, 0, 'nothing is written');
}

/** A plain value of all kinds, from random numbers. */
function anyValue(next: () => number, depth: number): unknown {
  const kinds = depth > 4 ? 9 : 13;
  const letters = ['a', 'Z', ' ', 'é', 'ÿ', '€', '\ud800', '😀', '\0'];
  const text = (length: number) =>
    Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join('');
  switch (Math.floor(next() * kinds)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return next() < 0.5;
    case 3:
      return [0, -0, 1, 127, 128, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 0.1, Number.NaN, -Infinity][
        Math.floor(next() * 12)
      ];
    case 4:
      return text(Math.floor(next() * 14));
    case 5:
      return 'plain ascii, '.repeat(Math.floor(next() * 200));
    case 6:
      return new Date(Math.floor(next() * 1e13));
    case 7:
      return new Float32Array(Array.from({ length: Math.floor(next() * 9) }, () => next()));
    case 8:
      return Buffer.from(text(5));
    case 9:
      return Array.from({ length: Math.floor(next() * 30) }, () => next() * 1e6);
    case 10:
      return Array.from({ length: Math.floor(next() * 6) }, () => anyValue(next, depth + 1));
    default:
      return anyObject(next, depth + 1);
  }
}

function anyObject(next: () => number, depth: number): Record<string, unknown> {
  const names = ['id', 'name', 'ä', '__proto__', '7', 'a long name that is no short text', 'constructor', ''];
  const object: Record<string, unknown> = {};
  for (const name of names)
    if (next() < 0.4)
      Object.defineProperty(object, name, {
        value: anyValue(next, depth),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  return object;
}

describe('plain values', () => {
  it('arrive as structured clone would give them, whatever they are made of', () => {
    const next = random(11).next;
    const values = Array.from({ length: 2000 }, () => anyObject(next, 0));
    const arrived = throughOneStream(values);
    assert.deepStrictEqual(arrived, values);
    assert.deepStrictEqual(arrived, structuredCloneWithBuffers(values));
  });

  it('send the names of many objects once', () => {
    const rows = Array.from({ length: 1000 }, (_, n) => ({
      identifier: n % 100,
      description: 'x',
      nested: { value: 1 },
    }));
    const to = new ByteWriter();
    const writer = new PlainWriter();
    for (const row of rows) writer.write(row, to);
    assert.ok(to.length < rows.length * 20, `${to.length} bytes for ${rows.length} rows`);
    assert.equal(to.written().indexOf('identifier'), to.written().lastIndexOf('identifier'));
  });

  it('may have more shapes than are kept, and more properties than a shape has', () => {
    const many = Array.from({ length: MAX_SHAPES + 50 }, (_, n) => ({ [`key${n}`]: n }));
    const dictionary = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`word${n}`, n]));
    const values = [...many, dictionary, ...many, { key1: 'again' }];
    assert.deepStrictEqual(throughOneStream(values), values);
  });

  it('keep memory of their own', () => {
    const [view] = throughOneStream([new Float64Array([1, 2, 3]).subarray(1)]) as [Float64Array];
    assert.deepEqual([view.byteOffset, view.buffer.byteLength, [...view]], [0, 16, [2, 3]]);
  });

  it('are not what holds an object twice, itself, or what is not plain', () => {
    const twice = {};
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    isRefused({ a: twice, b: twice });
    isRefused(cyclic);
    isRefused(Array.from({ length: 40 }, () => twice));
    isRefused({ fn: () => 1 });
    isRefused({ deep: [{ big: 1n }] });
    isRefused(new Array(3));
    isRefused(Object.assign([1, 2], { extra: 1 }));
    isRefused(new Map());
    isRefused({ error: new Error('no') });
    isRefused(new (class Own {})());
    isRefused(new Proxy({}, {}));
    isRefused({ inner: new Proxy([], {}) });
    isRefused(new (class extends Float64Array {})(2));
    isRefused({ at: Symbol('no') });
  });

  it('leave the stream as it was when one of them is refused or throws in between', () => {
    const to = new ByteWriter();
    const writer = new PlainWriter();
    const throwing = {
      first: { known: 1 },
      get second(): never {
        throw new Error('getter');
      },
    };
    assert.equal(writer.write({ new: { shape: 1 }, fn: () => 1 }, to), false);
    assert.throws(() => writer.write(throwing, to), /getter/);
    assert.ok(writer.write({ new: 1 }, to) && writer.write({ known: 2 }, to) && writer.write({ new: 3 }, to));
    const from = new ByteReader(to.take());
    const reader = new PlainReader();
    assert.deepEqual(
      [reader.read(from), reader.read(from), reader.read(from)],
      [{ new: 1 }, { known: 2 }, { new: 3 }],
    );
  });

  it('are left alone where all objects have been given properties', () => {
    Object.defineProperty(Object.prototype, 'everywhere', { value: 1, enumerable: true, configurable: true });
    try {
      isRefused({ a: 1 });
    } finally {
      Reflect.deleteProperty(Object.prototype, 'everywhere');
    }
  });
});

/** Buffers arrive as Buffers here, where structured clone makes them Uint8Arrays. */
function structuredCloneWithBuffers(value: unknown): unknown {
  const clone = structuredClone(value);
  const restore = (copy: unknown, original: unknown): unknown => {
    if (Buffer.isBuffer(original)) return Buffer.from(copy as Uint8Array);
    if (Array.isArray(copy)) return copy.map((part, i) => restore(part, (original as unknown[])[i]));
    if (copy !== null && typeof copy === 'object' && Object.getPrototypeOf(copy) === Object.prototype)
      for (const name of Object.keys(copy))
        Object.defineProperty(copy, name, {
          value: restore(
            Reflect.getOwnPropertyDescriptor(copy, name)?.value,
            Reflect.getOwnPropertyDescriptor(original as object, name)?.value,
          ),
          enumerable: true,
          writable: true,
          configurable: true,
        });
    return copy;
  };
  return restore(clone, value);
}
