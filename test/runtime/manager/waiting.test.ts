import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  AbortError,
  BrokenBarrierError,
  LockAbandonedError,
  Manager,
  ManycoreError,
  Pipe,
  TimeoutError,
} from '../../../runtime/index.ts';
import * as managed from '../../fixtures/runtime/managed.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';
import { child } from '../queue/children.ts';

describe('waiting in a manager', () => {
  let manager: Manager;
  beforeEach(async () => {
    manager = await Manager.start();
  });
  afterEach(() => manager.shutdown());
  leavesNothing();

  it('a lock has one holder at a time, in the order of coming', async () => {
    const lock = manager.lock();
    const order: number[] = [];
    await lock.acquire();
    const others = range(5).map((n) => lock.with(() => order.push(n)));
    assert.equal(await lock.acquire({ timeout: 0 }), false);
    assert.equal(await lock.acquire({ timeout: 20 }), false);
    await assert.rejects(lock.hold({ timeout: 20 }), TimeoutError);
    await lock.release();
    await Promise.all(others);
    assert.deepEqual(order, range(5));
    await assert.rejects(lock.release(), ManycoreError);
    await assert.rejects(lock.acquire({ timeout: Number.NaN }), RangeError);
  });

  it('a hold is given back once', async () => {
    const lock = manager.lock();
    const held = await lock.hold();
    await held[Symbol.asyncDispose]();
    await held[Symbol.asyncDispose]();
    await assert.rejects(
      lock.with(() => managed.refuse()),
      managed.OutOfStock,
    );
    assert.equal(await lock.acquire({ timeout: 0 }), true);
  });

  it('an rlock is taken again by its process, and given back as often', async () => {
    const lock = manager.rlock();
    await lock.with(() => lock.with(() => lock.with(() => {})));
    await lock.acquire();
    await lock.acquire();
    await lock.release();
    const [here, there] = Pipe();
    await using other = child(managed.waitForLock, lock, there);
    assert.equal(await here.recv(), 'waits');
    await lock.release();
    assert.equal(await here.recv(), true);
    here.close();
    await other.join();
  });

  it('a semaphore lets as many in as its value says', async () => {
    const semaphore = manager.semaphore(2);
    let inside = 0;
    let most = 0;
    await Promise.all(
      range(20).map(() =>
        semaphore.with(async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        }),
      ),
    );
    assert.equal(most, 2);
    await Promise.all([semaphore.acquire(), semaphore.acquire()]);
    assert.equal(await semaphore.acquire({ timeout: 10 }), false);
    await semaphore.release();
    assert.equal(await semaphore.acquire(), true);
    assert.throws(() => manager.semaphore(-1), RangeError);
  });

  it('takes nothing when the wait is aborted or its time is over', async () => {
    const [lock, semaphore, queue] = [manager.lock(), manager.semaphore(0), manager.queue<number>()];
    await lock.acquire();
    const abort = new AbortController();
    const reason = new Error('no more');
    const { signal } = abort;
    const waits = Promise.all(
      [
        lock.acquire({ signal }),
        lock.hold({ signal }),
        semaphore.acquire({ signal }),
        queue.get({ signal }),
      ].map(errorOf),
    );
    assert.equal(await semaphore.acquire({ timeout: 10 }), false);
    abort.abort(reason);
    for (const error of await waits) {
      assert.ok(error instanceof AbortError);
      assert.equal(error.cause, reason);
    }
    await assert.rejects(queue.get({ signal }), AbortError);
    await Promise.all([lock.release(), semaphore.release(), queue.put(1)]);
    assert.deepEqual(
      [await lock.acquire({ timeout: 0 }), await semaphore.acquire({ timeout: 0 }), await queue.getNoWait()],
      [true, true, 1],
    );
  });

  it('loses no item between a get that gives up and a put', async () => {
    const queue = manager.queue<number>();
    const got: number[] = [];
    const producer = (async () => {
      for (const n of range(300)) {
        await queue.put(n);
        await new Promise((resolve) => setTimeout(resolve, n % 3));
      }
    })();
    while (got.length < 300) {
      const item = await queue.get({ timeout: got.length % 2 }).catch(() => undefined);
      if (item !== undefined) got.push(item);
    }
    await producer;
    assert.deepEqual(got, range(300));
  });

  it('an event wakes all who wait', async () => {
    const event = manager.event();
    assert.deepEqual([await event.isSet(), await event.wait(10), await event.wait(0)], [false, false, false]);
    const waits = range(3).map(() => event.wait());
    await event.set();
    assert.deepEqual(await Promise.all(waits), [true, true, true]);
    assert.deepEqual([await event.isSet(), await event.wait(0)], [true, true]);
    await event.clear();
    assert.equal(await event.isSet(), false);
  });

  it('a condition gives the lock back while it waits', async () => {
    const lock = manager.lock();
    const condition = manager.condition(lock);
    let ready = 0;
    const woken: number[] = [];
    const waits = range(3).map(async (n) => {
      await lock.acquire();
      await condition.waitFor(() => ready > 0);
      ready--;
      woken.push(n);
      await condition.release();
    });
    await condition.with(async () => {
      ready = 1;
      await condition.notify();
    });
    await waits[0];
    assert.deepEqual(woken, [0]);
    await condition.with(async () => {
      ready = 2;
      await condition.notifyAll();
    });
    await Promise.all(waits);
    assert.deepEqual(woken, [0, 1, 2]);
  });

  it('a condition that nobody notifies has the lock again after its time', async () => {
    const condition = manager.condition();
    for (const method of ['wait', 'notify', 'notifyAll'] as const)
      await assert.rejects(condition[method](), ManycoreError);
    await condition.acquire();
    await condition.acquire();
    assert.equal(await condition.wait(10), false);
    assert.equal(await condition.waitFor(() => 0, 10), 0);
    await condition.release();
    await condition.release();
    await assert.rejects(condition.release(), ManycoreError);
    await using other = await Manager.start();
    assert.throws(() => manager.condition(other.lock()), TypeError);
    assert.throws(() => manager.condition(manager.semaphore()), TypeError);
  });

  it('a barrier lets its parties go together, after its action', async () => {
    const barrier = manager.barrier(3, { action: managed.increment });
    for (let round = 0; round < 3; round++) {
      const first = [barrier.wait(), barrier.wait()];
      assert.equal(await barrier.nWaiting(), 2);
      assert.deepEqual(await Promise.all([...first, barrier.wait()]), [0, 1, 2]);
    }
    assert.deepEqual(
      [await barrier.parties(), await barrier.nWaiting(), await barrier.broken()],
      [3, 0, false],
    );
    assert.throws(() => manager.barrier(0), RangeError);
  });

  it('a barrier breaks for all when one gives up, or its action fails', async () => {
    const barrier = manager.barrier(3, { timeout: 20 });
    const waits = [barrier.wait(60_000), barrier.wait()].map(errorOf);
    for (const error of await Promise.all(waits)) assert.ok(error instanceof BrokenBarrierError);
    assert.equal(await barrier.broken(), true);
    await assert.rejects(barrier.wait(), BrokenBarrierError);
    await barrier.reset();
    assert.equal(await barrier.broken(), false);
    const aborted = errorOf(barrier.wait(60_000));
    await barrier.abort();
    assert.ok((await aborted) instanceof BrokenBarrierError);
    const failing = manager.barrier(2, { action: managed.refuse });
    const errors = await Promise.all([errorOf(failing.wait()), errorOf(failing.wait())]);
    assert.ok(errors[0] instanceof BrokenBarrierError && errors[1] instanceof managed.OutOfStock);
  });
});

describe('the death of a process that uses a manager', () => {
  let manager: Manager;
  beforeEach(async () => {
    manager = await Manager.start();
  });
  afterEach(() => manager.shutdown());
  leavesNothing();

  it('frees the lock that it held, and tells the next holder once', async () => {
    for (const lock of [manager.lock(), manager.rlock(), manager.condition()]) {
      const [here, there] = Pipe();
      await using holder = child(managed.hold, lock, there);
      assert.equal(await here.recv(), 'held');
      const waiting = [errorOf(lock.hold()), errorOf(lock.with(() => {}))];
      assert.equal(await lock.acquire({ timeout: 10 }), false);
      holder.kill();
      const [told, not] = await Promise.all(waiting);
      assert.ok(told instanceof LockAbandonedError);
      assert.equal(told.holderPid, holder.pid);
      assert.equal(not, undefined);
      here.close();
      await holder.join();
    }
  });

  it('is not told to who asks to recover', async () => {
    const lock = manager.lock();
    const [here, there] = Pipe();
    await using holder = child(managed.hold, lock, there);
    await here.recv();
    holder.kill();
    await lock.with(() => {}, { recover: true });
    await lock.with(() => {});
    here.close();
  });

  it('leaves a condition to the others who wait for it', async () => {
    const condition = manager.condition(manager.lock());
    const [here, there] = Pipe();
    await using dying = child(managed.waitForCondition, condition, there);
    assert.equal(await here.recv(), 'waits');
    // It waits when its lock is to be had.
    await condition.acquire();
    const waiting = condition.wait();
    await condition.acquire();
    dying.kill();
    await dying.join();
    await condition.notify();
    await condition.release();
    // Who was first may have been told just before its end was noticed: the next one is told then.
    assert.equal(await waiting, true);
    await condition.release();
    here.close();
  });

  it('withdraws what it was waiting for', async () => {
    const [queue, lock, barrier] = [manager.queue<number>(), manager.lock(), manager.barrier(3)];
    await lock.acquire();
    const [one, forOne] = Pipe();
    const [two, forTwo] = Pipe();
    const [three, forThree] = Pipe();
    await using first = child(managed.waitForItem, queue, forOne);
    await using second = child(managed.waitForLock, lock, forTwo);
    await using third = child(managed.waitAtBarrier, barrier, forThree);
    for (const end of [one, two, three]) assert.equal(await end.recv(), 'waits');
    while ((await barrier.nWaiting()) === 0);
    const broken = errorOf(barrier.wait());
    for (const one of [first, second, third]) {
      one.kill();
      await one.join();
    }
    assert.ok((await broken) instanceof BrokenBarrierError);
    await queue.put(1);
    assert.equal(await queue.get(), 1);
    await lock.release();
    await lock.with(() => {});
    for (const end of [one, two, three]) end.close();
  });

  it('puts back the item that it did not get any more, in its place', async () => {
    const queue = manager.queue<number>();
    const [here, there] = Pipe();
    await using getter = child(managed.askAndStop, queue, there);
    await here.recv();
    // It is asked for, and will be on its way to a process that reads nothing.
    for (const n of range(3)) await queue.put(n);
    assert.equal(await queue.qsize(), 2);
    getter.kill();
    await getter.join();
    while ((await queue.qsize()) < 3);
    assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], range(3));
    here.close();
  });
});
