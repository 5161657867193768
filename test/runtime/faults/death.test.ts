import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { describe, it } from 'mocha';
import { itemIndexOf, Pool, WorkerDiedError } from '../../../runtime/index.ts';
import * as faults from '../../fixtures/runtime/faults.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { errorOf, notesFolder, outcomesOf, range } from '../outcomes.ts';
import { eventually } from '../processes.ts';
import { overTransports } from '../transports.ts';

describe('a worker that ends in the middle of a task', () => {
  const notes = notesFolder();
  let files = 0;
  const newFile = () => `notes-${files++}`;

  overTransports('one worker', () => {
    const ends: { end: faults.Way; chunkSize: number | 'auto' }[] = [
      { end: 3, chunkSize: 'auto' },
      { end: 0, chunkSize: 5 },
      { end: 'SIGKILL', chunkSize: 5 },
      { end: 'SIGKILL', chunkSize: 'auto' },
      { end: 'SIGSEGV', chunkSize: 20 },
    ];
    for (const { end, chunkSize } of ends)
      it(`fails that task alone and runs every other once: ${end} in chunks of ${chunkSize}`, async () => {
        const name = newFile();
        const file = notes.path(name);
        const items = range(100).map((n) => ({ n, file, end: n === 42 || n === 77 ? end : undefined }));
        await using pool = new Pool(2);
        const { values, errors } = await outcomesOf(pool.imap(tasks.endAs, items, { chunkSize }));
        assert.deepEqual(
          values,
          range(100).filter((n) => n !== 42 && n !== 77),
        );
        const lost = errors as WorkerDiedError[];
        assert.ok(lost.every((error) => error instanceof WorkerDiedError));
        assert.deepEqual(
          [lost.map(({ itemIndex }) => itemIndex), lost.map(itemIndexOf)],
          [
            [42, 77],
            [42, 77],
          ],
        );
        const [first] = lost;
        const how = typeof end === 'number' ? [end, null] : [null, end];
        assert.deepEqual([first?.exitCode, first?.signal], how);
        assert.deepEqual(notes.lines(name), range(100));
      });

    for (const way of ['SIGKILL', 0] as const)
      it(`fails the task whose result it was encoding, and no other: ${way}`, async () => {
        const name = newFile();
        const items = range(20).map((n) => ({
          ...{ n, file: notes.path(name) },
          way: n === 7 ? way : undefined,
        }));
        await using pool = new Pool(1);
        const { values, errors } = await outcomesOf(pool.imap(faults.endsEncoded, items, { chunkSize: 5 }));
        assert.deepEqual([values, errors.map(itemIndexOf)], [range(20).filter((n) => n !== 7), [7]]);
        assert.ok(errors[0] instanceof WorkerDiedError);
        assert.deepEqual(notes.lines(name), range(20));
      });

    it('fails the task whose result it was sending, and no other', async () => {
      const name = newFile();
      const marker = notes.path(`${name}-marker`);
      await using pool = new Pool(1);
      await pool.apply(tasks.pid);
      const sending = pool.applyAsync(faults.sendsMuch, [
        { n: 1, file: notes.path(name), marker, size: 64_000_000 },
      ]);
      const behind = pool.map(
        faults.note,
        range(3).map((n) => ({ n: n + 2, file: notes.path(name) })),
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      // Nothing is read here meanwhile, so the worker cannot get far.
      block(() => faults.readPid(marker) > 0);
      block(() => false, 100);
      process.kill(faults.readPid(marker), 'SIGKILL');
      const error = await errorOf(sending);
      assert.ok(error instanceof WorkerDiedError, String(error));
      assert.deepEqual([error.signal, await behind], ['SIGKILL', [2, 3, 4]]);
      assert.deepEqual(notes.lines(name), [1, 2, 3, 4]);
    });

    it('gives a task that it was receiving to another worker', async () => {
      const name = newFile();
      await using pool = new Pool(1);
      const before = await pool.apply(tasks.pid);
      process.kill(before, 'SIGSTOP');
      const item = { n: 1, file: notes.path(name), text: 'x'.repeat(32_000_000) };
      const result = pool.apply(faults.noteLength, [item]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      process.kill(before, 'SIGKILL');
      assert.equal(await result, 32_000_001);
      assert.deepEqual(notes.lines(name), [1]);
    });

    it('gives a task to another worker when it was killed while idle', async () => {
      await using pool = new Pool(1);
      const before = await pool.apply(tasks.pid);
      process.kill(before, 'SIGKILL');
      const atOnce = await pool.apply(tasks.pid);
      assert.notEqual(atOnce, before);
      process.kill(atOnce, 'SIGKILL');
      assert.ok(await eventually(() => pool.workers.length === 0));
      assert.notEqual(await pool.apply(tasks.pid), atOnce);
    });

    it('is found among tiny items too', async () => {
      await using pool = new Pool(2);
      const error = await errorOf(pool.map(tasks.tinyKill, range(100_000)));
      assert.ok(error instanceof WorkerDiedError);
      assert.equal(error.itemIndex, 50_000);
    });

    it('runs no tiny item twice, where results are in shared memory before the next item begins', async function () {
      if (process.env['MANYCORE_TRANSPORT'] === 'socket') return this.skip();
      const name = newFile();
      await using pool = new Pool({
        ...{ processes: 1, initializer: faults.setNotes, initArgs: [notes.path(name)] },
      });
      const error = await errorOf(pool.map(faults.tinyThenKilled, range(20_000)));
      assert.ok(error instanceof WorkerDiedError);
      assert.deepEqual([error.itemIndex, notes.lines(name)], [10_001, [10_000]]);
    });

    for (const later of ['immediate', 'timer', 'kill'] as const)
      it(`counts a result once that was given just before the end: ${later}`, async () => {
        const name = newFile();
        const items = range(30).map((n) => ({
          ...{ n, file: notes.path(name) },
          later: n === 4 || n === 19 ? later : undefined,
        }));
        await using pool = new Pool(2);
        const { values, errors } = await outcomesOf(pool.imap(faults.endsAfter, items, { chunkSize: 6 }));
        assert.ok(errors.every((error) => error instanceof WorkerDiedError));
        const outcomes = [...values, ...errors.map(itemIndexOf)].toSorted((a, b) => Number(a) - Number(b));
        assert.deepEqual(outcomes, range(30));
        // Those that ran when the timer came are lost; the ones before have given their results.
        assert.ok(errors.length <= 2 && values.includes(4) && values.includes(19));
        assert.deepEqual(notes.lines(name), range(30));
      });

    it('loses nothing when the worker is gone before what is sent to it', async () => {
      const name = newFile();
      const text = 'x'.repeat(1_000_000);
      const items = range(6).map((n) => ({ n, file: notes.path(name), text }));
      await using pool = new Pool(2);
      assert.deepEqual(await pool.map(faults.endsAtOnceAfter, items, 1), range(6));
      assert.deepEqual(notes.lines(name), range(6));
    });

    it('fails the task that runs when something is thrown where nobody listens', async () => {
      await using pool = new Pool(1);
      const output: string[] = [];
      pool.on('output', ({ line }) => output.push(line));
      const { values, errors } = await outcomesOf(pool.imap(faults.uncaught, range(6), { chunkSize: 6 }));
      assert.deepEqual([values, errors.map(itemIndexOf)], [[0, 1, 2, 4, 5], [3]]);
      assert.equal((errors[0] as WorkerDiedError).exitCode, 1);
      assert.ok(output.some((line) => line.includes('thrown where nobody listens')));
    });

    it('is tried again as often as retries say', async () => {
      const name = newFile();
      await using pool = new Pool({ processes: 1, retries: 2 });
      const task = pool.apply(tasks.endAs, [{ n: 1, file: notes.path(name), end: 1 }]);
      await assert.rejects(task, WorkerDiedError);
      assert.deepEqual(notes.lines(name), [1, 1, 1]);
    });
  });

  overTransports('many workers', () => {
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

    it('fails only what a sibling killed', async () => {
      await using pool = new Pool(2);
      await Promise.all([pool.apply(tasks.slow, [100]), pool.apply(tasks.slow, [100])]);
      const name = newFile();
      const victim = pool.applyAsync(faults.noteForLong, [{ n: 1, file: notes.path(name) }]);
      // A task that had not begun would go on elsewhere.
      assert.ok(await eventually(() => existsSync(notes.path(name)) && notes.lines(name).length === 1));
      const pid = pool.workers.find(({ state }) => state === 'working')?.pid ?? 0;
      assert.equal(await pool.apply(faults.kill, [pid]), true);
      const error = await errorOf(victim);
      assert.ok(error instanceof WorkerDiedError);
      assert.deepEqual([error.pid, error.signal], [pid, 'SIGKILL']);
    });

    it('gives every task exactly one outcome while 20 workers kill each other', async () => {
      const folder = notes.path(newFile());
      mkdirSync(folder);
      await using pool = new Pool(20);
      const items = range(400).map((n) => ({ n, folder, kill: n % 40 === 39 }));
      const { values, errors } = await outcomesOf(pool.imap(faults.killsSibling, items, { chunkSize: 2 }));
      assert.ok(errors.every((error) => error instanceof WorkerDiedError));
      const outcomes = [...values, ...errors.map(itemIndexOf)].toSorted((a, b) => Number(a) - Number(b));
      assert.deepEqual(outcomes, range(400));
      assert.ok(errors.length <= 10, `${errors.length} errors for 10 kills`);
    });

    it('gives every task its result while workers kill each other and retries are allowed', async () => {
      const folder = notes.path(newFile());
      mkdirSync(folder);
      await using pool = new Pool({ processes: 4, retries: 100 });
      const items = range(120).map((n) => ({ n, folder, kill: n % 12 === 11 }));
      assert.deepEqual(await pool.map(faults.killsSibling, items, 5), range(120));
    });
  });
});

/** Keeps this process from doing anything else, until `holds` or for `ms`. */
function block(holds: () => boolean, ms = 10_000): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = performance.now() + ms; performance.now() < end && !holds(); )
    Atomics.wait(pause, 0, 0, 5);
}
