import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import { Pool, RawArray, SharedMemory } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/memory-tasks.ts';
import { eventually, isAlive, start } from '../processes.ts';
import { foldersOf, isThere, newName, ownSegments, SHM } from './shm.ts';

interface Family {
  readonly child: ReturnType<typeof start>['child'];
  readonly pid: number;
  readonly workers: readonly number[];
  readonly guards: readonly number[];
}

const started: Family[] = [];

async function family(how: string, name = ''): Promise<Family> {
  const { child, output } = start('memory-family.ts', [how, name]);
  assert.ok(await eventually(() => output().includes('\n')), output());
  const one = { child, ...(JSON.parse(output()) as Omit<Family, 'child'>) };
  started.push(one);
  return one;
}

const all = ({ pid, workers, guards }: Family): number[] => [pid, ...workers, ...guards];

describe('what becomes of shared memory', () => {
  afterEach(async () => {
    for (const { child, pid } of started) if (isAlive(pid)) child.kill('SIGKILL');
    const gone = () => started.every((one) => !all(one).some(isAlive));
    assert.ok(await eventually(gone));
    started.length = 0;
  });

  it('has no name before it is sent, and is freed when nobody holds it', async () => {
    const before = ownSegments();
    const held = () => readdirSync('/proc/self/fd').length;
    const descriptors = held();
    for (let i = 0; i < 100; i++) RawArray('u8', 10_000);
    assert.deepEqual(ownSegments(), before);
    assert.ok(
      await eventually(() => {
        // Garbage is collected when there is much of it.
        for (let i = 0; i < 20; i++) new Uint8Array(1e7);
        return held() <= descriptors;
      }),
    );
  });

  it('is gone after SIGKILL of the process that made it and of its children', async () => {
    const one = await family('sent');
    assert.equal(one.workers.length, 1);
    assert.equal(one.guards.length, 1);
    const [folder = ''] = foldersOf(one.pid);
    assert.equal(readdirSync(`${SHM}/${folder}`).length, 2);
    one.child.kill('SIGKILL');
    assert.ok(await eventually(() => foldersOf(one.pid).length === 0));
  });

  it('is gone after SIGKILL of the whole process group', async () => {
    const one = await family('sent');
    process.kill(-one.pid, 'SIGKILL');
    assert.ok(await eventually(() => foldersOf(one.pid).length === 0));
  });

  it('stays when a process that uses it, or made it, is killed and others are there', async () => {
    await using pool = new Pool(1);
    const array = RawArray('i32', 2);
    const worker = await pool.apply(tasks.fill, [array, 5]);
    const theirs = await pool.apply(tasks.newArray, [3]);
    process.kill(worker, 'SIGKILL');
    assert.ok(await eventually(() => !isAlive(worker)));
    assert.deepEqual([...array, ...theirs], [5, 5, 1, 1, 1]);
    assert.equal(await pool.apply(tasks.sum, [theirs]), 3);
    await pool.apply(tasks.fill, [theirs, 2]);
    assert.deepEqual([...theirs], [2, 2, 2]);
  });

  it('arrives though the worker that made it has ended', async () => {
    await using pool = new Pool(1, { maxTasksPerChild: 1 });
    const arrays = await pool.map(tasks.newArray, [1, 2, 3], { chunkSize: 1 });
    assert.deepEqual(arrays.map(tasks.sum), [1, 2, 3]);
    assert.deepEqual(await pool.map(tasks.sum, arrays, { chunkSize: 1 }), [1, 2, 3]);
  });

  it('is swept by the next family when the guard was killed too', async () => {
    const name = newName();
    const [one, two] = await Promise.all([family('sent'), family('create', name)]);
    for (const { child, guards } of [one, two]) {
      for (const guard of guards) process.kill(guard, 'SIGKILL');
      child.kill('SIGKILL');
    }
    assert.ok(await eventually(() => ![...all(one), ...all(two)].some(isAlive)));
    assert.deepEqual(
      [one, two].map(({ pid }) => foldersOf(pid).length),
      [1, 1],
    );
    assert.ok(isThere(name));
    await family('sent');
    assert.deepEqual(
      [one, two].map(({ pid }) => foldersOf(pid).length),
      [0, 0],
    );
    assert.ok(!isThere(name));
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    it(`is removed with its process when it has a name: ${signal}`, async () => {
      const name = newName();
      const one = await family('create', name);
      assert.ok(isThere(name));
      one.child.kill(signal);
      assert.ok(await eventually(() => !isThere(name) && foldersOf(one.pid).length === 0));
    });

  it('is removed with its process when that ends by itself', async () => {
    const name = newName();
    const { ended } = start('memory-family.ts', ['end', name]);
    const { output, code } = await ended;
    assert.equal(code, 0, output);
    const { pid } = JSON.parse(output) as Family;
    assert.ok(await eventually(() => !isThere(name) && foldersOf(pid).length === 0));
  });

  it('keeps its name while a process of another family uses it', async () => {
    const name = newName();
    const maker = await family('create', name);
    const user = await family('attach', name);
    maker.child.kill('SIGKILL');
    assert.ok(await eventually(() => !isAlive(maker.pid)));
    // A third one still finds it.
    const late = new SharedMemory({ name, track: false });
    assert.equal(late.size, 100);
    late.close();
    user.child.kill('SIGKILL');
    assert.ok(await eventually(() => !isThere(name)));
  });

  it('stays without a process when it is not tracked', async () => {
    const name = newName();
    const one = await family('keep', name);
    one.child.kill('SIGKILL');
    assert.ok(await eventually(() => !all(one).some(isAlive)));
    const memory = new SharedMemory({ name });
    memory.unlink();
    memory.close();
    assert.ok(!isThere(name));
  });

  it('is not mistaken for a later file of that name', async () => {
    const name = newName();
    const one = await family('create', name);
    const first = new SharedMemory({ name, track: false });
    first.unlink();
    first.close();
    const second = new SharedMemory({ name, create: true, size: 7 });
    one.child.kill('SIGKILL');
    assert.ok(await eventually(() => foldersOf(one.pid).length === 0));
    assert.ok(isThere(name));
    second.unlink();
    second.close();
  });

  it('gets a folder again when somebody removed it', async () => {
    // In a process of its own: the locks of this one have their bells in its folder.
    const { ended, output } = start('memory-family.ts', ['remove']);
    await ended;
    assert.equal(output().trim(), '2');
  });

  it('is unmapped by close, also while views of it are held', () => {
    const memory = new SharedMemory({ create: true, size: 10 });
    const view = new Uint8Array(memory.buffer);
    view[0] = 9;
    const { ino } = statSync(`${SHM}/${memory.name}`);
    const isMapped = () => readFileSync('/proc/self/maps', 'utf8').includes(` ${ino} `);
    assert.ok(isMapped());
    memory.close();
    assert.ok(!isMapped());
    view[0] = 1;
    const again = new SharedMemory({ name: memory.name });
    assert.equal(new Uint8Array(again.buffer)[0], 9);
    again.unlink();
    again.close();
  });
});
