import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Pool, RawArray, RawValue, type TypeCode } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/memory-tasks.ts';

const numbers: [codes: TypeCode[], Class: { readonly name: string }, most: number | bigint][] = [
  [['i8', 'b'], Int8Array, 127],
  [['u8', 'B'], Uint8Array, 255],
  [['i16', 'h'], Int16Array, 32_767],
  [['u16', 'H'], Uint16Array, 65_535],
  [['i32', 'i'], Int32Array, 2_147_483_647],
  [['u32', 'I'], Uint32Array, 4_294_967_295],
  [['i64', 'q'], BigInt64Array, 2n ** 63n - 1n],
  [['u64', 'Q'], BigUint64Array, 2n ** 64n - 1n],
  [['f32', 'f'], Float32Array, 2 ** 127],
  [['f64', 'd'], Float64Array, Number.MAX_VALUE],
];

describe('a shared value', () => {
  for (const [codes, , most] of numbers)
    for (const code of codes)
      it(`holds the numbers of its type: ${code}`, () => {
        const [zero, one, two] = typeof most === 'bigint' ? [0n, 1n, 2n] : [0, 1, 2];
        const value = new RawValue(code);
        assert.equal(value.value, zero);
        value.value = most;
        assert.equal(value.value, most);
        assert.equal(value.exchange(one), most);
        assert.equal(value.add(two), one);
        assert.equal(value.sub(one), 3 * Number(one) === 3 && typeof most === 'bigint' ? 3n : 3);
        assert.equal(value.compareExchange(one, zero), two);
        assert.equal(value.compareExchange(two, zero), two);
        assert.equal(value.value, zero);
        assert.equal(new RawValue(code, most).value, most);
      });

  it('holds every number of floating point, and compares them as numbers', () => {
    const value = new RawValue('f64', Number.NaN);
    assert.ok(Number.isNaN(value.compareExchange(Number.NaN, -0)));
    assert.ok(Object.is(value.value, -0));
    assert.ok(Object.is(value.compareExchange(0, Number.POSITIVE_INFINITY), -0));
    assert.equal(value.value, Number.POSITIVE_INFINITY);
    const single = new RawValue('f32', 0.1);
    assert.equal(single.value, Math.fround(0.1));
    assert.equal(single.compareExchange(0.1, 1), Math.fround(0.1));
    assert.equal(single.value, 1);
  });

  it('refuses numbers of the other kind, and types that there are not', () => {
    assert.throws(() => new RawValue('i64', 1 as never), TypeError);
    assert.throws(() => new RawValue('f64', 1n as never), TypeError);
    assert.throws(() => new RawValue('i32').add(1n as never), TypeError);
    assert.throws(() => new RawValue('x' as never), { name: 'TypeError', message: /"x".*i8, u8/ });
    assert.throws(() => new RawValue('toString' as never), TypeError);
    assert.throws(() => RawArray(3 as never, 1), TypeError);
  });

  it('is a place of its own, however many there are', () => {
    const values = Array.from({ length: 1000 }, (_, i) => new RawValue('u8', i % 256));
    assert.ok(values.every(({ value }, i) => value === i % 256));
  });

  it('loses nothing that several processes add', async () => {
    await using pool = new Pool(2);
    const [whole, halves] = [new RawValue('i32', 0), new RawValue('f64', 0)];
    await pool.starmap(tasks.addMany, Array(2).fill([whole, 100_000]), { chunkSize: 1 });
    await pool.starmap(tasks.addHalves, Array(2).fill([halves, 20_000]), { chunkSize: 1 });
    assert.equal(whole.value, 200_000);
    assert.equal(halves.value, 20_000);
  });
});

describe('a shared array', () => {
  for (const [codes, Class] of numbers)
    for (const code of codes)
      it(`is a typed array: ${code}`, () => {
        const array = RawArray(code, 3);
        assert.equal(array.constructor, Class);
        assert.equal(array.length, 3);
        assert.ok([...array].every((element) => Number(element) === 0));
      });

  it('takes its values from an iterable', () => {
    assert.deepEqual([...RawArray('i16', [1, 2, 3])], [1, 2, 3]);
    assert.deepEqual([...RawArray('q', new Set([1n, -2n]))], [1n, -2n]);
    assert.deepEqual([...RawArray('d', new Float64Array([0.5, 2]))], [0.5, 2]);
    assert.equal(RawArray('d', []).length, 0);
    assert.equal(RawArray('d', 0).length, 0);
  });

  it('refuses sizes that are none', () => {
    for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => RawArray('i32', size), RangeError);
    for (const values of [null, undefined, 'text' as never, {} as never])
      assert.throws(() => RawArray('i32', values as never), TypeError);
  });

  it('gives plain arrays where a method makes a new one', () => {
    const array = RawArray('i32', [1, 2, 3]);
    const copy = array.map((n) => n * 2);
    assert.notEqual(copy.buffer, array.buffer);
    assert.deepEqual(structuredClone(copy), copy);
  });

  it('cannot be transferred away', () => {
    const { buffer } = RawArray('i32', 1);
    if ('transfer' in ArrayBuffer.prototype)
      assert.throws(() => (buffer as unknown as { transfer(): void }).transfer(), TypeError);
  });

  it('is told that there is no room before any memory is used', () => {
    assert.throws(() => RawArray('f64', 2 ** 50), {
      code: 'ENOSPC',
      message: /\/dev\/shm has \d+ bytes free/,
    });
  });
});
