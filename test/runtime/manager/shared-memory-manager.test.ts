import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, describe, it } from 'mocha';
import { activeChildren, EOFError, Pool, SharedMemory, SharedMemoryManager } from '../../../runtime/index.ts';
import { inFamilyFolder } from '../../../runtime/memory/family-folder.ts';
import * as managed from '../../fixtures/runtime/managed.ts';
import { leavesNothing } from '../leftovers.ts';

const fileOf = (name: string): string => `/dev/shm/${name}`;

describe('a shared memory manager', () => {
  // The folder of the family stays as long as the family.
  before(() => inFamilyFolder(() => {}));
  leavesNothing();

  it('makes segments and lists, and removes them all', async () => {
    const manager = await SharedMemoryManager.start();
    const segment = await manager.sharedMemory(100);
    const list = await manager.shareableList([1, 'two', null, 4n]);
    assert.ok(segment.size >= 100 && existsSync(fileOf(segment.name)));
    await using pool = new Pool(1);
    await pool.apply(managed.fill, [segment, 7]);
    assert.deepEqual([...new Uint8Array(segment.buffer, 0, 100)], new Array(100).fill(7));
    assert.deepEqual([...list], [1, 'two', null, 4n]);
    await assert.rejects(manager.sharedMemory(0), RangeError);
    await assert.rejects(manager.shareableList([{} as never]), TypeError);
    const gone = await manager.sharedMemory(1);
    gone.unlink();
    gone.close();
    await manager.shutdown();
    for (const { name } of [segment, list.shm]) assert.equal(existsSync(fileOf(name)), false);
    // Who has it open may use it.
    assert.equal(new Uint8Array(segment.buffer)[0], 7);
    segment.close();
    list.shm.close();
    await assert.rejects(manager.sharedMemory(1), EOFError);
    await manager.shutdown();
  });

  it('removes them though its process was killed', async () => {
    await using manager = await SharedMemoryManager.start();
    const segment = await manager.sharedMemory(10);
    segment.close();
    const process_ = activeChildren().at(-1);
    process_?.kill();
    await process_?.join();
    assert.ok(existsSync(fileOf(segment.name)));
    await manager.shutdown();
    assert.throws(() => new SharedMemory({ name: segment.name }), { code: 'ENOENT' });
  });
});
