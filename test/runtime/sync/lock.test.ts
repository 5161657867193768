import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  AbortError,
  Event,
  Lock,
  LockAbandonedError,
  ManycoreError,
  type Process,
  RawArray,
  RLock,
  TimeoutError,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/sync.ts';
import { eventually } from '../processes.ts';
import { startedHere } from '../started.ts';

const words = (count = 1) => RawArray('i32', count);

for (const Class of [Lock, RLock])
  describe(Class.name, () => {
    const { pool, start } = startedHere();
    async function holdElsewhere(
      lock: Lock,
      how: typeof tasks.keep | typeof tasks.keepBusy = tasks.keep,
    ): Promise<Process> {
      const taken = new Event();
      const holder = await start<[Lock, Event]>(how, [lock, taken]);
      assert.ok(await taken.wait(20_000));
      return holder;
    }

    it('makes steps of several processes one after the other', async () => {
      const [lock, sum] = [new Class(), words()];
      await pool.starmap(
        tasks.addUnder,
        Array.from({ length: 4 }, () => [lock, sum, 2000] as const),
        1,
      );
      assert.equal(sum[0], 8000);
      assert.equal(lock.locked, false);
    });

    it('does so when threads are blocked for it, and when it is held across turns of the event loop', async () => {
      const [lock, sum] = [new Class(), words()];
      const all = [
        pool.apply(tasks.addSync, [lock, sum, 3000]),
        pool.apply(tasks.addSync, [lock, sum, 3000]),
        pool.apply(tasks.addUnder, [lock, sum, 1000]),
        pool.apply(tasks.addUnder, [lock, sum, 1000]),
      ];
      await Promise.all(all);
      assert.equal(sum[0], 8000);
      if (Class === RLock) return;
      await pool.starmap(
        tasks.addSlowly,
        Array.from({ length: 4 }, () => [lock, sum, 50] as const),
        1,
      );
      assert.equal(sum[0], 8200);
    });

    it('is taken and given back', async () => {
      const lock = new Class();
      assert.equal(await lock.acquire(), true);
      assert.equal(lock.locked, true);
      lock.release();
      assert.equal(lock.locked, false);
      assert.throws(() => lock.release(), ManycoreError);
      assert.equal(await lock.with(async () => lock.locked), true);
      assert.equal(
        lock.withSync(() => 7),
        7,
      );
      await assert.rejects(
        lock.with(() => Promise.reject(new RangeError('mine'))),
        RangeError,
      );
      {
        await using held = await lock.hold();
        assert.ok(held);
        assert.equal(lock.locked, true);
      }
      assert.equal(lock.locked, false);
    });

    it('lets waiting end by time and by a signal, and stays whole', async () => {
      const lock = new Class();
      const holder = await holdElsewhere(lock);
      assert.equal(await lock.acquire({ timeout: 30 }), false);
      assert.equal(await lock.acquire({ timeout: 0 }), false);
      assert.equal(lock.acquireSync(30), false);
      await assert.rejects(lock.hold({ timeout: 10 }), TimeoutError);
      const stop = new AbortController();
      const waiting = lock.acquire({ signal: stop.signal });
      stop.abort();
      await assert.rejects(waiting, AbortError);
      await assert.rejects(lock.acquire({ signal: stop.signal }), AbortError);
      assert.throws(() => lock.release(), ManycoreError);
      holder.kill();
      assert.equal(await lock.acquire(), true);
      lock.release();
    });

    for (const how of [tasks.keep, tasks.keepBusy])
      it(`is free again when its holder is killed, and tells it once: ${how.name}`, async () => {
        const lock = new Class();
        const holder = await holdElsewhere(lock, how);
        const waiting = lock.hold();
        holder.kill();
        await assert.rejects(waiting, (error: LockAbandonedError) => {
          assert.ok(error instanceof LockAbandonedError);
          assert.equal(error.holderPid, holder.pid);
          return true;
        });
        assert.equal(lock.locked, false);
        await lock.with(() => {});
      });

    it('is recovered without an error when asked so, and by a blocked thread', async () => {
      const lock = new Class();
      (await holdElsewhere(lock)).kill();
      await lock.with(() => {}, { recover: true });
      await lock.with(() => {});
      (await holdElsewhere(lock)).kill();
      assert.equal(lock.acquireSync(20_000), true);
      lock.release();
    });

    it('goes on when those who wait are killed', async () => {
      const [lock, sum] = [new Class(), words()];
      await lock.acquire();
      const all: Process[] = [];
      for (let i = 0; i < 4; i++) {
        const waiting = new Event();
        all.push(await start(tasks.passThrough, [lock, sum, waiting]));
        assert.ok(await waiting.wait(20_000));
      }
      all[0]?.kill();
      all[2]?.kill();
      lock.release();
      assert.equal(await all[1]?.join(20_000).then(() => all[1]?.exitCode), 0);
      assert.equal(await all[3]?.join(20_000).then(() => all[3]?.exitCode), 0);
      assert.equal(sum[0], 2);
      assert.ok(await eventually(() => !lock.locked));
    });

    if (Class === Lock)
      it('cannot be taken twice, and says so to a thread that would wait forever', async () => {
        const lock = new Class();
        await lock.acquire();
        assert.equal(await lock.acquire({ timeout: 10 }), false);
        assert.throws(() => lock.acquireSync(), ManycoreError);
        const second = lock.acquire();
        lock.release();
        assert.equal(await second, true);
        lock.release();
      });
    else
      it('can be taken again by its holder, and is free when it was released as often', async () => {
        const [lock, sum] = [new Class(), words()];
        await lock.acquire();
        await lock.acquire();
        lock.release();
        assert.equal(lock.locked, true);
        lock.release();
        assert.equal(lock.locked, false);
        await pool.starmap(
          tasks.nested,
          Array.from({ length: 4 }, () => [lock, sum, 500] as const),
          1,
        );
        assert.equal(sum[0], 2000);
      });
  });
