import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'mocha';
import {
  itemIndexOf,
  Pool,
  WorkerDiedError,
  WorkerStartError,
  workerFunction,
} from '../../../runtime/index.ts';
import { never } from '../../fixtures/runtime/exits-on-import.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { eventually, livingWorkers } from '../processes.ts';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a worker that ends in the middle of a task', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-death-'));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => assert.deepEqual(livingWorkers(), []));

  const ends: { end: number | NodeJS.Signals; chunkSize: number | 'auto' }[] = [
    { end: 3, chunkSize: 'auto' },
    { end: 0, chunkSize: 5 },
    { end: 'SIGKILL', chunkSize: 5 },
    { end: 'SIGKILL', chunkSize: 'auto' },
    { end: 'SIGSEGV', chunkSize: 20 },
  ];
  for (const { end, chunkSize } of ends)
    it(`fails that task alone and runs every other once: ${end} in chunks of ${chunkSize}`, async () => {
      const file = join(folder, `${end}-${chunkSize}`);
      const items = range(100).map((n) => ({ n, file, end: n === 42 || n === 77 ? end : undefined }));
      await using pool = new Pool(2);
      const stream = pool.imap(tasks.endAs, items, { chunkSize });
      const values: number[] = [];
      const lost: WorkerDiedError[] = [];
      for (let ended = false; !ended; )
        try {
          const result = await stream.next();
          ended = result.done === true;
          if (result.done !== true) values.push(result.value);
        } catch (error) {
          assert.ok(error instanceof WorkerDiedError, String(error));
          lost.push(error);
        }
      assert.deepEqual(
        values,
        range(100).filter((n) => n !== 42 && n !== 77),
      );
      assert.deepEqual(
        lost.map(({ itemIndex }) => itemIndex),
        [42, 77],
      );
      assert.deepEqual(lost.map(itemIndexOf), [42, 77]);
      const [first] = lost;
      assert.deepEqual([first?.exitCode, first?.signal], typeof end === 'number' ? [end, null] : [null, end]);
      assert.deepEqual(
        readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map(Number)
          .sort((a, b) => a - b),
        range(100),
      );
    });

  it('is found among tiny items too', async () => {
    await using pool = new Pool(2);
    const error = await pool.map(tasks.tinyKill, range(100_000)).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof WorkerDiedError);
    assert.equal(error.itemIndex, 50_000);
  });

  it('is tried again as often as retries say', async () => {
    const file = join(folder, 'retries');
    await using pool = new Pool({ processes: 1, retries: 2 });
    await assert.rejects(pool.apply(tasks.endAs, [{ n: 1, file, end: 1 }]), WorkerDiedError);
    assert.equal(readFileSync(file, 'utf8'), '1\n1\n1\n');
  });

  it('is replaced when it was idle', async () => {
    await using pool = new Pool(1);
    const before = await pool.apply(tasks.pid);
    process.kill(before, 'SIGKILL');
    assert.ok(await eventually(() => pool.workers.length === 0));
    assert.notEqual(await pool.apply(tasks.pid), before);
  });

  it('loses no result when workers are killed again and again', async () => {
    await using pool = new Pool({ processes: 2, retries: 100 });
    const values: number[] = [];
    for await (const value of pool.imapUnordered(
      tasks.slow,
      range(200).map((n) => (n % 7) + n / 1000),
    )) {
      values.push(value);
      const victim = pool.workers.find(({ state }) => state === 'working');
      if (values.length % 40 === 0 && victim !== undefined) process.kill(victim.pid, 'SIGKILL');
    }
    assert.deepEqual([values.length, new Set(values).size], [200, 200]);
  });

  it('uses more memory than its limit', async () => {
    await using pool = new Pool({ processes: 1, memoryLimit: 200_000_000 });
    const error = await pool.apply(tasks.leak).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof WorkerDiedError);
    assert.ok(error.probablyOutOfMemory && (error.lastRss ?? 0) > 200_000_000);
  });
});

describe('a worker that cannot start', () => {
  afterEach(() => assert.deepEqual(livingWorkers(), []));

  it('fails the pending tasks with what the initializer threw', async () => {
    await using pool = new Pool({ processes: 2, initializer: tasks.initThrows });
    const results = await Promise.allSettled([pool.map(tasks.square, range(50)), pool.apply(tasks.pid)]);
    for (const result of results) {
      assert.ok(result.status === 'rejected' && result.reason instanceof WorkerStartError);
      assert.match(result.reason.message, /initializer threw: cannot start/);
      assert.equal((result.reason.cause as Error).name, 'OrderError');
    }
  });

  it('fails the pending tasks when the initializer ends the process', async () => {
    await using pool = new Pool({ processes: 1, initializer: tasks.initExits });
    const error = await pool.apply(tasks.pid).catch((thrown: unknown) => thrown as Error);
    assert.ok(error instanceof WorkerStartError && error.cause instanceof WorkerDiedError);
    assert.equal(error.cause.exitCode, 9);
  });

  it('fails the call when its module ends the process', async () => {
    await using pool = new Pool(1);
    await assert.rejects(pool.map(never, [1, 2, 3]), (error: unknown) => {
      assert.ok(error instanceof WorkerDiedError);
      assert.match(error.message, /while it imported .*exits-on-import/);
      return true;
    });
    assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  });

  it('fails the call when its module is not there', async () => {
    await using pool = new Pool(1);
    const missing = workerFunction(new URL('./not-there.ts', import.meta.url), 'nothing');
    await assert.rejects(pool.map(missing, [1]), /not-there/);
  });

  it('fails the call when the executable cannot be started', async () => {
    await using pool = new Pool({ processes: 1, execArgv: ['--no-such-option'] });
    await assert.rejects(pool.map(tasks.square, [1]), WorkerStartError);
  });
});
