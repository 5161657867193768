import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'mocha';
import { AbortError, itemIndexOf, Pool, TimeoutError, WorkerDiedError } from '../../../runtime/index.ts';
import * as faults from '../../fixtures/runtime/faults.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { errorOf, notesFolder, outcomesOf, range, sleep } from '../outcomes.ts';
import { eventually } from '../processes.ts';
import { overTransports } from '../transports.ts';

describe('limits', () => {
  const notes = notesFolder();
  let files = 0;

  overTransports('memory', () => {
    it('kills a worker far above its limit, and says why', async () => {
      await using pool = new Pool({ processes: 1, memoryLimit: 200_000_000 });
      const error = await errorOf(pool.apply(tasks.leak));
      assert.ok(error instanceof WorkerDiedError);
      assert.ok(error.probablyOutOfMemory && (error.lastRss ?? 0) > 200_000_000);
    });

    it('replaces a worker above its limit after its task, which is not lost', async () => {
      await using pool = new Pool({ processes: 1, memoryLimit: 250_000_000 });
      const grown = await pool.apply(faults.grow, [280_000_000]);
      const next = await pool.map(faults.pidOf, range(20));
      assert.equal(new Set(next).size, 1);
      assert.notEqual(next[0], grown);
    });

    it('fails the task that fills the heap, and says why', async () => {
      await using pool = new Pool({ processes: 1, execArgv: ['--max-old-space-size=40'] });
      pool.on('output', () => {});
      const error = await errorOf(pool.apply(faults.fillHeap));
      assert.ok(error instanceof WorkerDiedError && error.probablyOutOfMemory, String(error));
      assert.equal(await pool.apply(tasks.square, [3]), 9);
    });
  });

  overTransports('time', () => {
    it('fails only the item that runs too long, also in a busy loop', async () => {
      await using pool = new Pool(2);
      const items = range(12).map((n) => (n === 5 ? 600_000 : 1));
      const stream = pool.imap(faults.busy, items, { timeout: 300, chunkSize: 4 });
      const { values, errors } = await outcomesOf(stream);
      assert.deepEqual([values.length, errors.map(itemIndexOf)], [11, [5]]);
      assert.ok(errors[0] instanceof TimeoutError);
    });

    it('may be longer than timers can tell', async () => {
      await using pool = new Pool({ processes: 1, taskTimeout: Number.POSITIVE_INFINITY });
      assert.equal(await pool.apply(tasks.slow, [50]), 50);
      assert.equal(await pool.apply(tasks.slow, [51], { timeout: 2 ** 31 }), 51);
      const result = pool.applyAsync(tasks.slow, [52]);
      assert.equal(await result.wait(2 ** 40), true);
      assert.equal(await result.get(Number.POSITIVE_INFINITY), 52);
    });
  });

  overTransports('aborts', () => {
    it('before, during and after the call', async () => {
      await using pool = new Pool(2);
      const before = await errorOf(
        pool.map(tasks.square, range(10), { signal: AbortSignal.abort(new Error('early')) }),
      );
      assert.ok(before instanceof AbortError && (before.cause as Error).message === 'early');

      const during = new AbortController();
      const results = [
        errorOf(
          pool.map(
            tasks.slow,
            range(40).map(() => 100),
            { signal: during.signal, chunkSize: 1 },
          ),
        ),
        errorOf(pool.apply(tasks.untilAsked, [], { signal: during.signal })),
        outcomesOf(pool.imap(tasks.slow, [600_000], { signal: during.signal })).then(
          ({ errors }) => errors[0],
        ),
      ];
      const neighbour = pool.map(tasks.square, range(100), { priority: 1 });
      await sleep(150);
      during.abort();
      for (const error of await Promise.all(results)) assert.ok(error instanceof AbortError, String(error));
      assert.deepEqual(await neighbour, range(100).map(tasks.square));

      const after = new AbortController();
      assert.equal(await pool.apply(tasks.square, [3], { signal: after.signal }), 9);
      after.abort();
      assert.equal(getEventListeners(after.signal, 'abort').length, 0);
      assert.equal(await pool.apply(tasks.square, [4]), 16);
    });

    it('many calls at once with one signal, without a warning', async () => {
      await using pool = new Pool(1);
      const warnings: Error[] = [];
      const listen = (warning: Error) => warnings.push(warning);
      process.on('warning', listen);
      const controller = new AbortController();
      const { signal } = controller;
      const calls = range(1000).map((n) => errorOf(pool.apply(tasks.slow, [n + 1000], { signal })));
      await sleep(50);
      controller.abort();
      assert.ok((await Promise.all(calls)).every((error) => error instanceof AbortError));
      assert.equal(getEventListeners(signal, 'abort').length, 0);
      process.off('warning', listen);
      assert.deepEqual(warnings, []);
      assert.equal(await pool.apply(tasks.square, [4]), 16);
    });

    it('runs nothing of an aborted call any more, and what ran only once', async () => {
      const name = `abort-${files++}`;
      await using pool = new Pool(1);
      const controller = new AbortController();
      const items = range(50).map((n) => ({ n, file: notes.path(name), ms: 20 }));
      const aborted = errorOf(
        pool.map(faults.noteSlowly, items, { chunkSize: 10, signal: controller.signal }),
      );
      assert.ok(await eventually(() => notes.lines(name).length >= 3));
      controller.abort();
      assert.ok((await aborted) instanceof AbortError);
      await pool.apply(tasks.square, [4]);
      const ran = notes.lines(name).length;
      assert.ok(ran < 10, `${ran} ran`);
      await pool.map(tasks.slow, [100]);
      assert.deepEqual(notes.lines(name), range(ran));
    });
  });

  overTransports('tasks of a worker', () => {
    it('are counted across chunks that lost their worker', async () => {
      await using pool = new Pool({ processes: 2, maxTasksPerChild: 3 });
      const pids = [await pool.apply(tasks.pid)];
      const busy = pool.apply(faults.slowPid, [700]);
      // The other worker takes three items and dies; this one has room for one of those that are left.
      const stream = pool.imap(faults.pidUnless, [-1, 1, 2, 3, 4, 5], { chunkSize: 3 });
      const { values, errors } = await outcomesOf(stream);
      assert.deepEqual([values.length, errors.map(itemIndexOf)], [5, [0]]);
      const counts = new Map<number, number>();
      for (const pid of [...pids, await busy, ...values]) counts.set(pid, (counts.get(pid) ?? 0) + 1);
      assert.ok(
        [...counts.values()].every((count) => count <= 3),
        JSON.stringify([...counts]),
      );
    });

    it('end with the worker and with the pool when it is closed at once', async () => {
      const pool = new Pool({ processes: 2, maxTasksPerChild: 2 });
      const results = pool.map(faults.pidOf, range(8), 2);
      const stream = outcomesOf(pool.imap(tasks.failOn7, [5, 7, 9]));
      pool.close();
      assert.ok(new Set(await results).size >= 4);
      assert.deepEqual((await stream).values, [5, 9]);
      await pool.join();
    });
  });

  overTransports('retries and priorities', () => {
    it('run again what was killed, before what is less important', async () => {
      const name = `retry-${files++}`;
      await using pool = new Pool({ processes: 1, retries: 1 });
      const before = await pool.apply(tasks.pid);
      const order: string[] = [];
      const note = (text: string) => () => void order.push(text);
      const item = { n: 1, file: notes.path(name), ms: 300 };
      const first = pool.apply(faults.noteSlowly, [item], { priority: 2 }).then(note('killed'));
      assert.ok(await eventually(() => pool.workers[0]?.state === 'working'));
      const later = [
        pool.apply(tasks.slow, [1], { priority: -1 }).then(note('low')),
        pool.apply(tasks.slow, [1]).then(note('middle')),
        pool.apply(tasks.slow, [1], { priority: 5 }).then(note('high')),
      ];
      process.kill(before, 'SIGKILL');
      await Promise.all([first, ...later]);
      assert.deepEqual(order, ['high', 'killed', 'middle', 'low']);
      assert.deepEqual(notes.lines(name), [1]);
    });
  });
});
