import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  AbortError,
  Pool,
  PoolClosedError,
  WorkerDiedError,
  WorkerStartError,
  workerFunction,
} from '../../../runtime/index.ts';
import { never } from '../../fixtures/runtime/exits-on-import.ts';
import * as faults from '../../fixtures/runtime/faults.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { errorOf, notesFolder, range } from '../outcomes.ts';
import { eventually } from '../processes.ts';
import { overTransports } from '../transports.ts';

describe('a worker that cannot start', () => {
  const notes = notesFolder();
  let files = 0;

  overTransports('a pool', () => {
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
      const error = await errorOf(pool.apply(tasks.pid));
      assert.ok(error instanceof WorkerStartError && error.cause instanceof WorkerDiedError);
      assert.equal(error.cause.exitCode, 9);
    });

    it('can be left while the initializer hangs', async () => {
      const pool = new Pool({ processes: 1, initializer: faults.initHangs });
      const controller = new AbortController();
      const aborted = errorOf(pool.apply(tasks.pid, [], { signal: controller.signal }));
      const pending = errorOf(pool.map(tasks.square, range(10)));
      assert.ok(await eventually(() => pool.workers.length === 1));
      controller.abort();
      assert.ok((await aborted) instanceof AbortError);
      await pool.terminate();
      assert.ok((await pending) instanceof PoolClosedError);
      assert.deepEqual(pool.workers, []);
    });

    it('is replaced when it was killed while it started', async () => {
      const name = `start-${files++}`;
      const file = notes.path(name);
      await using pool = new Pool({ processes: 1, initializer: faults.initNotes, initArgs: [file] });
      const result = pool.map(tasks.square, range(10));
      for (const nth of [1, 2]) {
        assert.ok(await eventually(() => notes.lines(name).length === nth));
        for (const { pid } of pool.workers) faults.kill(pid);
        assert.ok(await eventually(() => pool.workers.every(({ pid }) => !notes.lines(name).includes(pid))));
      }
      assert.deepEqual(await result, range(10).map(tasks.square));
    });

    it('is not started again and again beside one that works', async () => {
      const file = notes.path(`once-${files++}`);
      await using pool = new Pool({ processes: 2, initializer: faults.initOnce, initArgs: [file] });
      let ends = 0;
      pool.on('worker', ({ type }) => {
        if (type === 'end') ends++;
      });
      assert.deepEqual(await pool.map(tasks.slow, new Array(15).fill(200), 1), new Array(15).fill(200));
      assert.ok(ends > 0 && ends <= 4, `${ends} workers ended`);
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
      assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
    });

    it('fails the call when the executable cannot be started', async () => {
      await using pool = new Pool({ processes: 1, execArgv: ['--no-such-option'] });
      pool.on('output', () => {});
      await assert.rejects(pool.map(tasks.square, [1]), WorkerStartError);
    });
  });
});
