/** States in which a process leaves shared memory that is killed between two steps, made by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Barrier, BrokenBarrierError, Condition, Event, Lock, RawArray } from '../../../runtime/index.ts';
import { WaitList } from '../../../runtime/sync/wait-list.ts';
import * as tasks from '../../fixtures/runtime/sync.ts';
import { sleep } from '../outcomes.ts';
import { eventually } from '../processes.ts';
import { startedHere } from '../started.ts';

const words = (count = 4) => RawArray('i32', count) as Int32Array;

describe('what a killed process has left half done', () => {
  const { pool, start } = startedHere();

  it('an event that is set, and nobody was woken: those who wait are let go', async () => {
    const [event, waiting] = [new Event(), words()];
    const elsewhere = pool.apply(tasks.waitFor, [event, waiting]);
    const here = event.wait(20_000);
    assert.ok(await eventually(() => waiting[0] === 1));
    Atomics.store(event.words, 0, 1);
    assert.deepEqual(await Promise.all([elsewhere, here]), [true, true]);
  });

  it('a lock that was given to one who was not told: that one has it', async () => {
    const [lock, sum, waiting] = [new Lock(), words(), new Event()];
    await lock.acquire();
    const next = await start(tasks.passThrough, [lock, sum, waiting]);
    const list = new WaitList(lock.words.subarray(8));
    assert.ok(await eventually(() => list.listed().length === 1));
    Atomics.store(lock.words, 0, (next.pid as number) | 0x4000_0000);
    assert.equal(await next.join(20_000), true);
    assert.deepEqual([next.exitCode, sum[0]], [0, 1]);
  });

  it('a place in front of those who wait: it is cleared, not looked at again and again', async () => {
    const [lock, sum, waiting] = [new Lock(), words(), new Event()];
    await lock.acquire();
    const dead = await start(tasks.passThrough, [lock, sum, waiting]);
    const list = new WaitList(lock.words.subarray(8));
    assert.ok(await eventually(() => list.listed().length === 1));
    const mine = lock.acquire();
    assert.deepEqual(list.listed().length, 2);
    dead.kill();
    assert.ok(await eventually(() => list.listed().length === 1));
    assert.deepEqual(list.listed(), [process.pid]);
    lock.release();
    await mine;
    lock.release();
  });

  describe('a condition', () => {
    const WAITING = 1;
    const NOTIFIED = 2;
    const placesOf = ({ parts }: Condition) => parts[1].subarray(1);

    it('that has notified one, and not woken it: that one goes on', async () => {
      const [condition, sleeping] = [new Condition(), words()];
      const other = pool.apply(tasks.sleepOn, [condition, sleeping]);
      assert.ok(await eventually(() => placesOf(condition)[0] === WAITING));
      Atomics.store(placesOf(condition), 0, NOTIFIED);
      assert.equal(await other, true);
    });

    it('has notified one that died before it had the lock: another one is woken', async () => {
      const [condition, sleeping] = [new Condition(), words()];
      const dying = await start(tasks.sleepOn, [condition, sleeping, undefined]);
      assert.ok(await eventually(() => placesOf(condition)[0] === WAITING));
      const mine = condition.with(() => condition.wait(20_000));
      await eventually(() => placesOf(condition)[3] === WAITING);
      dying.kill();
      await dying.join();
      Atomics.store(placesOf(condition), 0, NOTIFIED);
      assert.equal(await mine, true);
      assert.deepEqual([placesOf(condition)[0], placesOf(condition)[3]], [0, 0]);
    });

    it('whose lock a process held that died before it could notify: all who wait look again', async () => {
      const [lock, sleeping, taken] = [new Lock(), words(), new Event()];
      const condition = new Condition(lock);
      const all = [1, 2].map(() => pool.apply(tasks.sleepOn, [condition, sleeping]));
      assert.ok(await eventually(() => sleeping[0] === 2));
      const holder = await start(tasks.keep, [lock, taken]);
      assert.ok(await taken.wait(20_000));
      holder.kill();
      assert.deepEqual(await Promise.all(all), [true, true]);
      await assert.rejects(lock.hold(), { code: 'ERR_MANYCORE_LOCK_ABANDONED', holderPid: holder.pid });
    });
  });

  it('a barrier whose last party died before all were let go: it breaks', async () => {
    const barrier = new Barrier(2);
    const mine = barrier.wait();
    const [state, , , place] = [0, 1, 2, 3];
    const dead = await start(tasks.pid, []);
    await dead.join();
    Atomics.store(barrier.parts.words, place + 1, dead.pid as number);
    Atomics.add(barrier.parts.words, state, 1);
    await assert.rejects(mine, BrokenBarrierError);
  });
});

describe('calls of one process', () => {
  it('that wait for one condition have its lock one after the other', async () => {
    const condition = new Condition();
    let waiting = 0;
    const sleepOn = () =>
      condition.with(async () => {
        waiting++;
        await condition.wait();
        await sleep(1);
      });
    const one = sleepOn();
    assert.ok(await eventually(() => waiting === 1));
    const both = [one, sleepOn()];
    assert.ok(await eventually(() => waiting === 2));
    await condition.with(() => condition.notifyAll());
    await Promise.all(both);
    await assert.rejects(condition.wait(), /does not hold/);
  });

  it('that come to a barrier too early wait for those before', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const barrier = new Barrier(2, { action: () => opened });
    const all = [1, 2, 3, 4].map(() => barrier.wait());
    await sleep(20);
    open();
    assert.deepEqual((await Promise.all(all)).toSorted(), [0, 0, 1, 1]);
  });

  it('are told that a barrier was reset, also when it was reset again before they looked', async () => {
    const barrier = new Barrier(2);
    const first = barrier.wait();
    await Promise.resolve();
    barrier.reset();
    const second = barrier.wait();
    await Promise.resolve();
    barrier.reset();
    for (const { status } of await Promise.allSettled([first, second])) assert.equal(status, 'rejected');
  });
});
