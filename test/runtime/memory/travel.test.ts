import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import {
  Pool,
  Process,
  RawArray,
  RawValue,
  SerializationError,
  ShareableList,
  SharedMemory,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/memory-tasks.ts';
import { newName } from './shm.ts';

describe('shared memory that is sent', () => {
  let pool: Pool;
  before(async () => {
    pool = new Pool(2);
    // Nothing of it was loaded in the workers when they started.
    await pool.map(tasks.sum, [[1], [2]]);
  });
  after(() => pool[Symbol.asyncDispose]());

  it('arrives as the same pages: the argument of a task', async () => {
    const array = RawArray('i32', 4);
    await pool.apply(tasks.fill, [array, 7]);
    assert.deepEqual([...array], [7, 7, 7, 7]);
  });

  it('arrives as the same pages: a part of them, several processes each', async () => {
    const array = RawArray('f64', 8);
    const parts = [0, 2, 4, 6].map((from) => [array.subarray(from, from + 2), from + 1] as const);
    await pool.starmap(tasks.fill, parts, { chunkSize: 1 });
    assert.deepEqual([...array], [1, 1, 3, 3, 5, 5, 7, 7]);
  });

  it('arrives as the same pages: the result of a task, and back', async () => {
    const array = await pool.apply(tasks.newArray, [3]);
    assert.ok(array instanceof Float64Array);
    assert.deepEqual([...array], [1, 1, 1]);
    await pool.apply(tasks.fill, [array, 9]);
    assert.deepEqual([...array], [9, 9, 9]);
    const value = await pool.apply(tasks.newValue);
    assert.ok(value instanceof RawValue);
    assert.equal(value.add(1n), 7n);
    assert.equal(value.value, 8n);
  });

  it('arrives as the same pages: the argument of a process', async () => {
    const value = new RawValue('i32', 5);
    const list = new ShareableList(['a', 'b']);
    const one = new Process({ target: tasks.addMany, args: [value, 10] });
    const two = new Process({ target: tasks.setItem, args: [list, -1, 'changed'] });
    for (const child of [one, two]) child.start();
    await Promise.all([one.join(), two.join()]);
    assert.equal(value.value, 15);
    assert.equal(list.at(1), 'changed');
    list.shm.unlink();
    list.shm.close();
  });

  it('arrives as the same pages: other views, and within other values', async () => {
    const array = RawArray('i32', 4);
    const buffer = array.buffer as ArrayBuffer;
    await pool.apply(tasks.fill, [Buffer.from(buffer, 4, 4), 1]);
    assert.deepEqual([...array], [0, 0x01010101, 0, 0]);
    await pool.apply(tasks.ownFields, [{ array }]);
    assert.equal(array[0], 42);
    const echoed = (await pool.apply(tasks.echo, [
      new Map<string, unknown>([
        ['a', [buffer, new DataView(buffer, 4, 4), new Uint8ClampedArray(buffer, 0, 2)]],
      ]),
    ])) as Map<string, [ArrayBuffer, DataView, Uint8ClampedArray]>;
    const [whole, view, clamped] = echoed.get('a') ?? assert.fail();
    assert.equal(whole, buffer);
    assert.deepEqual([view.buffer, view.byteOffset, view.byteLength], [buffer, 4, 4]);
    assert.deepEqual([clamped.buffer, clamped.constructor, clamped.length], [buffer, Uint8ClampedArray, 2]);
  });

  it('lies in one buffer in every process', async () => {
    const array = RawArray('f64', 4);
    assert.equal(await pool.apply(tasks.sameBuffer, [array, array.subarray(1)]), true);
    assert.equal(((await pool.apply(tasks.echo, [array])) as Float64Array).buffer, array.buffer);
  });

  it('is found by its name, and stays when the receiver closes it', async () => {
    const memory = new SharedMemory({ create: true, size: 16 });
    assert.equal(await pool.apply(tasks.writeByte, [memory, 3, 200]), memory.name);
    const bytes = new Uint8Array(memory.buffer);
    assert.equal(bytes[3], 200);
    await pool.apply(tasks.fill, [bytes.subarray(0, 2), 8]);
    assert.deepEqual([...bytes.subarray(0, 4)], [8, 8, 0, 200]);
    memory.unlink();
    memory.close();
    const theirs = await pool.apply(tasks.newMemory, [32]);
    assert.equal(theirs.size, 32);
    theirs.unlink();
    theirs.close();
  });

  it('cannot be sent any more when it was closed', async () => {
    const memory = new SharedMemory({ name: newName(), create: true, size: 16 });
    const view = new Uint8Array(memory.buffer);
    memory.unlink();
    memory.close();
    await assert.rejects(pool.apply(tasks.echo, [memory]), SerializationError);
    await assert.rejects(pool.apply(tasks.echo, [view]), SerializationError);
  });

  it('does not keep other typed arrays from crossing as copies', async () => {
    const plain = new Int32Array([1, 2]);
    const echoed = (await pool.apply(tasks.echo, [{ plain, bytes: Buffer.from('abc') }])) as Record<
      string,
      unknown
    >;
    assert.deepEqual(echoed, { plain, bytes: Buffer.from('abc') });
    await pool.apply(tasks.fill, [plain, 5]);
    assert.deepEqual([...plain], [1, 2]);
  });
});
