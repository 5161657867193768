import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Event,
  Lock,
  ManycoreError,
  RawArray,
  RLock,
  Semaphore,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/sync.ts';
import { eventually } from '../processes.ts';
import { startedHere } from '../started.ts';

const words = (count = 4) => RawArray('i32', count);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('waiting for other processes', () => {
  const { pool, start } = startedHere();

  describe('Semaphore', () => {
    it('lets as many in as it says', async () => {
      const [semaphore, inside] = [new Semaphore(2), words()];
      const most = await pool.starmap(
        tasks.countInside,
        times(4, () => [semaphore, inside, 60] as const),
        1,
      );
      assert.equal(Math.max(...most), 2);
      assert.equal(inside[0], 0);
    });

    it('wakes the next when one takes and goes', async () => {
      for (let round = 0; round < 40; round++) {
        const [semaphore, waiting] = [new Semaphore(0), words()];
        const all = times(4, () => pool.apply(tasks.takeOne, [semaphore, waiting]));
        assert.ok(await eventually(() => waiting[0] === 4));
        for (let i = 0; i < 4; i++) semaphore.release();
        assert.deepEqual(await Promise.all(all), [true, true, true, true]);
      }
    });

    it('counts, waits at 0, and blocks a thread', async () => {
      const semaphore = new Semaphore(2);
      assert.equal(await semaphore.acquire(), true);
      assert.equal(semaphore.acquireSync(), true);
      assert.equal(await semaphore.acquire({ timeout: 10 }), false);
      assert.equal(semaphore.acquireSync(10), false);
      const waiting = semaphore.acquire();
      semaphore.release();
      assert.equal(await waiting, true);
      semaphore.release();
      semaphore.release();
      semaphore.release();
      for (let i = 0; i < 3; i++) assert.equal(await semaphore.acquire({ timeout: 1000 }), true);
      assert.equal(await semaphore.acquire({ timeout: 0 }), false);
    });

    it('has bounds', async () => {
      for (const bad of [-1, 1.5, Number.NaN, 2 ** 31]) assert.throws(() => new Semaphore(bad), RangeError);
      const bounded = new BoundedSemaphore(1);
      assert.throws(() => bounded.release(), ManycoreError);
      await bounded.with(() => {});
      assert.throws(() => bounded.release(), ManycoreError);
    });
  });

  describe('Event', () => {
    it('lets everybody go at once, also blocked threads', async () => {
      const [event, waiting] = [new Event(), words()];
      const all = [
        pool.apply(tasks.waitFor, [event, waiting]),
        pool.apply(tasks.waitForSync, [event, waiting]),
        pool.apply(tasks.waitFor, [event, waiting]),
      ];
      assert.ok(await eventually(() => waiting[0] === 3));
      event.set();
      assert.deepEqual(await Promise.all(all), [true, true, true]);
      assert.equal(event.isSet(), true);
    });

    it('is set and cleared, and waited for in bounded time', async () => {
      const event = new Event();
      assert.equal(await event.wait(10), false);
      assert.equal(event.waitSync(10), false);
      event.set();
      event.set();
      assert.deepEqual([await event.wait(), event.waitSync()], [true, true]);
      event.clear();
      assert.equal(event.isSet(), false);
      const waiting = event.wait();
      event.set();
      event.clear();
      assert.equal(await waiting, true);
    });
  });

  describe('Condition', () => {
    it('hands over one thing at a time', async () => {
      const [condition, stock] = [new Condition(), words()];
      const consumers = Promise.all(times(3, () => pool.apply(tasks.consume, [condition, stock, 40])));
      for (let i = 0; i < 120; i++)
        await condition.with(async () => {
          await condition.waitFor(() => (stock[0] as number) < 5);
          stock[0] = (stock[0] as number) + 1;
          condition.notifyAll();
        });
      await consumers;
      assert.deepEqual([...stock.subarray(0, 2)], [0, 120]);
    });

    it('wakes as many as it says, those that came first in front', async () => {
      const [condition, sleeping] = [new Condition(new Lock()), words()];
      const ended: number[] = [];
      const all = times(3, () => 0).map(async (_, i) => {
        await eventually(() => sleeping[0] === i);
        assert.equal(await pool.apply(tasks.sleepOn, [condition, sleeping]), true);
        ended.push(i);
      });
      assert.ok(await eventually(() => sleeping[0] === 3));
      await condition.with(() => condition.notify(2));
      assert.ok(await eventually(() => ended.length === 2));
      assert.deepEqual(ended.toSorted(), [0, 1]);
      await condition.with(() => condition.notifyAll());
      await Promise.all(all);
    });

    it('does not waste a notification on one that gave up or died', async () => {
      const [condition, sleeping] = [new Condition(), words()];
      assert.equal(await pool.apply(tasks.sleepOn, [condition, sleeping, 20]), false);
      const dying = await start(tasks.sleepOn, [condition, sleeping, undefined]);
      assert.ok(await eventually(() => sleeping[0] === 2));
      const living = pool.apply(tasks.sleepOn, [condition, sleeping]);
      assert.ok(await eventually(() => sleeping[0] === 3));
      dying.kill();
      await dying.join();
      await condition.with(() => condition.notify());
      assert.equal(await living, true);
    });

    it('needs its lock, and gives back a lock that was taken twice', async () => {
      const condition = new Condition(new RLock());
      await assert.rejects(condition.wait(), ManycoreError);
      await assert.rejects(
        condition.waitFor(() => true),
        ManycoreError,
      );
      assert.throws(() => condition.notify(), ManycoreError);
      assert.throws(() => condition.release(), ManycoreError);
      await condition.acquire();
      await condition.acquire();
      assert.equal(await condition.wait(10), false);
      assert.equal(await condition.waitFor(() => 0, 10), 0);
      assert.equal(await condition.waitFor(() => 'yes'), 'yes');
      condition.release();
      condition.release();
      assert.throws(() => condition.release(), ManycoreError);
    });
  });

  describe('Barrier', () => {
    it('lets everybody through together, again and again', async () => {
      const [barrier, rounds] = [new Barrier(4), words(100)];
      assert.deepEqual(
        await pool.starmap(
          tasks.meet,
          times(4, () => [barrier, rounds, 100] as const),
          1,
        ),
        [true, true, true, true],
      );
      assert.deepEqual([barrier.parties, barrier.nWaiting, barrier.broken], [4, 0, false]);
    });

    it('numbers the parties, and runs its action once', async () => {
      const ran: number[] = [];
      const barrier = new Barrier(3, { action: () => void ran.push(1) });
      assert.deepEqual((await Promise.all(times(3, () => barrier.wait()))).toSorted(), [0, 1, 2]);
      assert.equal(ran.length, 1);
      for (const bad of [0, -1, 1.5]) assert.throws(() => new Barrier(bad), RangeError);
    });

    it('breaks by time, by abort, by an action that throws, and is whole after a reset', async () => {
      const barrier = new Barrier(2);
      await assert.rejects(barrier.wait(10), BrokenBarrierError);
      assert.equal(barrier.broken, true);
      await assert.rejects(barrier.wait(), BrokenBarrierError);
      barrier.reset();
      assert.equal(barrier.broken, false);
      const one = barrier.wait();
      barrier.abort();
      await assert.rejects(one, BrokenBarrierError);
      barrier.reset();
      const two = barrier.wait();
      barrier.reset();
      await assert.rejects(two, BrokenBarrierError);
      assert.deepEqual((await Promise.all([barrier.wait(), barrier.wait()])).toSorted(), [0, 1]);
      const failing = new Barrier(2, {
        action: () => {
          throw new RangeError('mine');
        },
      });
      const results = await Promise.allSettled([failing.wait(), failing.wait()]);
      assert.deepEqual(
        results
          .map((result) => result.status === 'rejected' && (result.reason as Error).constructor.name)
          .toSorted(),
        ['BrokenBarrierError', 'RangeError'],
      );
    });

    it('breaks when a party dies while it waits', async () => {
      const [barrier, arrived] = [new Barrier(3), new Event()];
      const dying = await start(tasks.arrive, [barrier, arrived]);
      assert.ok(await arrived.wait(20_000));
      const mine = barrier.wait();
      dying.kill();
      await assert.rejects(mine, BrokenBarrierError);
    });
  });
});
