import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Pool, PoolClosedError } from '../../../runtime/index.ts';
import * as faults from '../../fixtures/runtime/faults.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { relatives } from '../leftovers.ts';
import { errorOf, notesFolder, range } from '../outcomes.ts';
import { eventually, isAlive, start } from '../processes.ts';
import { overTransports } from '../transports.ts';

describe('what stops', () => {
  const notes = notesFolder();
  let files = 0;

  overTransports('a pool', () => {
    it('with 10,000 queued tasks', async () => {
      const pool = new Pool(2);
      const all = Promise.allSettled(range(10_000).map((n) => pool.apply(tasks.slow, [n + 1000])));
      assert.ok(await eventually(() => pool.workers.some(({ state }) => state === 'working')));
      await Promise.all([pool.terminate(), pool.terminate()]);
      const results = await all;
      assert.ok(results.every((one) => one.status === 'rejected' && one.reason instanceof PoolClosedError));
      await pool.terminate();
      await pool.join();
      assert.deepEqual(pool.workers, []);
    });

    it('at any moment: at once, while workers start, in busy loops, while they are stopped', async () => {
      const atOnce = new Pool(2);
      const never = errorOf(atOnce.map(tasks.square, range(10)));
      await atOnce.terminate();
      const starting = new Pool(2);
      const early = errorOf(starting.map(tasks.square, range(10)));
      assert.ok(await eventually(() => starting.workers.length > 0));
      await starting.terminate();
      const busy = new Pool(2);
      const late = errorOf(busy.map(faults.busy, [600_000, 600_000], 1));
      assert.ok(await eventually(() => busy.workers.filter(({ state }) => state === 'working').length === 2));
      process.kill(busy.workers[0]?.pid ?? 0, 'SIGSTOP');
      await busy.terminate();
      for (const error of [await never, await early, await late]) assert.ok(error instanceof PoolClosedError);
    });

    it('inside of another: its worker runs a pool, and takes it along', async () => {
      const file = notes.path(`nested-${files++}`);
      await using pool = new Pool(2);
      assert.deepEqual(await pool.map(faults.nested, [1, 2, 3]), [5, 13, 25]);
      const long = errorOf(pool.apply(faults.nestedForLong, [file]));
      assert.ok(await eventually(() => faults.readPid(file) > 0));
      const inner = faults.readPid(file);
      assert.ok(isAlive(inner));
      process.kill(pool.workers.find(({ state }) => state === 'working')?.pid ?? 0, 'SIGKILL');
      assert.ok((await long) instanceof Error);
      assert.ok(await eventually(() => !isAlive(inner)));
      const again = errorOf(pool.apply(faults.nestedForLong, [`${file}-again`]));
      assert.ok(await eventually(() => faults.readPid(`${file}-again`) > 0));
      await pool.terminate();
      assert.ok((await again) instanceof PoolClosedError);
      assert.ok(await eventually(() => !isAlive(faults.readPid(`${file}-again`))));
    });
  });

  overTransports('for a while', () => {
    it('goes on: workers stopped for 5 s, and this process blocked as long', async () => {
      const names = [`stop-${files++}`, `block-${files++}`] as const;
      await using stopped = new Pool(1);
      await using working = new Pool({ processes: 2, taskTimeout: 2000 });
      await Promise.all([stopped.apply(tasks.pid), working.map(tasks.slow, [100, 100], 1)]);
      const [slowly, quickly] = names.map((name, i) =>
        range(200).map((n) => ({ n, file: notes.path(name), ms: i === 0 ? 2 : 10 })),
      );
      const first = stopped.map(faults.noteSlowly, slowly ?? []);
      const second = working.map(faults.noteSlowly, quickly ?? []);
      assert.ok(await eventually(() => names.every((name) => notes.lines(name).length > 3)));
      const pids = stopped.workers.map(({ pid }) => pid);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      assert.deepEqual([await first, await second], [range(200), range(200)]);
      assert.deepEqual(names.map(notes.lines), [range(200), range(200)]);
      assert.deepEqual(
        stopped.workers.map(({ pid }) => pid),
        pids,
      );
    });
  });

  overTransports('the parent', () => {
    /** Starts a program whose workers run for long and waits until they do. */
    async function busyProgram(how: string) {
      const before = new Set(relatives());
      const program = start('stopped-parent.ts', [how]);
      assert.ok(await eventually(() => program.output().split('running\n').length > 2), program.output());
      const workers = relatives().filter((pid) => !before.has(pid));
      assert.ok(workers.length >= 2);
      return { ...program, workers };
    }

    for (const [what, how] of [
      ['sleep', 'wait'],
      ['compute', 'busy'],
      ['have pools of their own', 'nested'],
    ] as const)
      it(`killed: takes its workers along that ${what}`, async () => {
        const { child, ended, workers } = await busyProgram(how);
        child.kill('SIGKILL');
        await ended;
        assert.ok(await eventually(() => !workers.some(isAlive)));
      });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      it(`${signal} to it alone or to its group: ends as ever and takes busy workers along`, async () => {
        const { child, ended, workers } = await busyProgram('busy');
        // What a terminal does at Ctrl-C.
        if (signal === 'SIGINT') process.kill(-(child.pid ?? 0), signal);
        else child.kill(signal);
        const { code } = await ended;
        assert.deepEqual([code, child.signalCode], [null, signal]);
        assert.ok(await eventually(() => !workers.some(isAlive)));
      });

    it('Ctrl-C with a listener of its own: decides itself, and workers go on meanwhile', async () => {
      const { child, ended, output, workers } = await busyProgram('listens');
      process.kill(-(child.pid ?? 0), 'SIGINT');
      assert.equal((await ended).code, 7);
      assert.match(output(), /asked 1000\n$/);
      assert.ok(await eventually(() => !workers.some(isAlive)));
    });
  });
});
