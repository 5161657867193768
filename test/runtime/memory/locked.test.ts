import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import {
  Barrier,
  type HasLock,
  Lock,
  ManycoreError,
  Pool,
  Process,
  RLock,
  SharedArray,
  Value,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/memory-tasks.ts';

describe('shared memory with a lock', () => {
  let pool: Pool;
  before(() => {
    pool = new Pool(4);
  });
  after(() => pool.terminate());

  const four = <A>(args: A): A[] => Array(4).fill(args);

  describe('a value', () => {
    it('loses nothing that four processes add under it', async () => {
      const value = new Value('i32');
      const args = [value, 1000, new Barrier(4)] as const;
      const all = four(args).map((each) => new Process({ target: tasks.addUnderLock, args: [...each] }));
      await Promise.all(all.map((one) => one.start()));
      for (const one of all) await one.join();
      assert.deepEqual(
        all.map(({ exitCode }) => exitCode),
        [0, 0, 0, 0],
      );
      assert.equal(value.value, 4000);
      assert.equal(value.getLock().locked, false);
    });

    it('has a lock that its holder may take again', async () => {
      const value = new Value('i32', 0);
      assert.ok(value.getLock() instanceof RLock);
      await pool.starmap(tasks.addUnderBoth, four([value, 1000] as const), 1);
      assert.equal(value.value, 4000);
    });

    it('is a number of its type with the atomic methods', async () => {
      const value = new Value('u64', 2n ** 64n - 1n);
      assert.equal(value.add(2n), 2n ** 64n - 1n);
      assert.equal(value.sub(1n), 1n);
      assert.equal(value.exchange(5n), 0n);
      assert.equal(value.compareExchange(5n, 6n), 5n);
      assert.equal(value.value, 6n);
      assert.equal(new Value('f32').value, 0);
      assert.throws(() => new Value('x' as never), TypeError);
      assert.throws(() => new Value('i64', 1 as never), TypeError);
      const sum = new Value('i32');
      await pool.starmap(tasks.addMany, four([sum, 1000] as const), 1);
      assert.equal(sum.value, 4000);
    });

    it('comes as a result, and goes back', async () => {
      const value = await pool.apply(tasks.newLockedValue, [0.5]);
      assert.ok(value instanceof Value);
      assert.equal(value.value, 0.5);
      assert.ok(value.getLock() instanceof RLock);
      await lockIsTheSame(value);
      const back = (await pool.apply(tasks.echo, [value])) as typeof value;
      back.value = 2;
      assert.equal(value.value, 2);
    });
  });

  describe('an array', () => {
    it('is a typed array, and what its methods make are plain ones', () => {
      const array = SharedArray('d', 3);
      assert.equal(array.constructor, Float64Array);
      assert.deepEqual(Object.keys(array), ['0', '1', '2']);
      assert.deepEqual(array, new Float64Array(3));
      assert.ok(array.getLock() instanceof RLock);
      for (const made of [array.map((n) => n + 1), array.slice(), Float64Array.from(array)]) {
        assert.equal('getLock' in made, false);
        assert.notEqual(made.buffer, array.buffer);
      }
      assert.deepEqual([...SharedArray('q', new Set([1n, -2n]))], [1n, -2n]);
      assert.equal(SharedArray('u8', 0).length, 0);
      assert.throws(() => SharedArray('u8', -1), RangeError);
      assert.throws(() => SharedArray('x' as never, 1), TypeError);
    });

    it('is never seen half written under it by several processes', async () => {
      const array = SharedArray('f64', 100);
      const torn = await pool.starmap(tasks.raiseAll, four([array, 300] as const), 1);
      assert.deepEqual(torn, [0, 0, 0, 0]);
      assert.ok(array.every((element) => element === 1200));
    });

    it('goes to a process with it', async () => {
      const array = SharedArray('f64', 8);
      const child = new Process({ target: tasks.raiseAll, args: [array, 5] });
      await child.start();
      await child.join();
      assert.deepEqual([...array], Array(8).fill(5));
      assert.equal(array.getLock().locked, false);
    });

    it('comes as a result, and goes on from there as it came', async () => {
      const array = await pool.apply(tasks.newLockedArray, [[1, 2, 3]]);
      assert.equal(array.constructor, Int16Array);
      assert.deepEqual([...array], [1, 2, 3]);
      await lockIsTheSame(array);
      const back = (await pool.apply(tasks.echo, [{ deep: [array] }])) as { deep: [typeof array] };
      assert.equal(back.deep[0].buffer, array.buffer);
      assert.equal(Object.getOwnPropertyDescriptor(back.deep[0], 'getLock')?.enumerable, false);
      await back.deep[0].getLock().with(() => lockIsTheSame(array, back.deep[0]));
    });

    it('leaves its lock behind where only a part of it, or its pages, are sent', async () => {
      const array = SharedArray('f64', 4);
      const part = array.subarray(1, 3);
      assert.equal('getLock' in part, false);
      const views = [part, array.subarray(), array.buffer, array, new Uint8Array(array.buffer)];
      assert.deepEqual(await pool.apply(tasks.hasGetLock, [views]), [false, false, false, true, false]);
      assert.equal(await pool.apply(tasks.sameBuffer, [array, part]), true);
      await pool.apply(tasks.fill, [part, 7]);
      assert.deepEqual([...array], [0, 7, 7, 0]);
      const echoed = (await pool.apply(tasks.echo, [part])) as Float64Array;
      assert.deepEqual([echoed.buffer, echoed.byteOffset, echoed.length], [array.buffer, 8, 2]);
    });
  });

  const makers: [name: string, make: (options?: { lock?: boolean | Lock }) => HasLock][] = [
    ['value', (options) => new Value('i32', 1, options)],
    ['array', (options) => SharedArray('i32', [1], options)],
  ];

  for (const [name, make] of makers)
    describe(`the lock of a shared ${name}`, () => {
      it('is its own', async () => {
        const [one, other] = [make(), make({ lock: true })];
        assert.equal(one.getLock(), one.getLock());
        await lockIsTheSame(one);
        await one.getLock().with(async () => {
          assert.equal(await pool.apply(tasks.couldLock, [{ one: other }]), true);
        });
      });

      for (const Class of [Lock, RLock])
        it(`is the one that was given: ${Class.name}`, async () => {
          const lock = new Class();
          const [one, other] = [make({ lock }), make({ lock })];
          assert.equal(one.getLock(), lock);
          await lockIsTheSame(one, other);
          assert.equal(await pool.apply(tasks.haveLock, [{ lock, all: [one, other] }]), true);
          const echoed = (await pool.apply(tasks.echo, [one])) as HasLock;
          assert.equal(echoed.getLock().constructor, Class);
        });

      it('is none when it was made without', async () => {
        const one = make({ lock: false });
        assert.throws(() => one.getLock(), ManycoreError);
        assert.equal(await pool.apply(tasks.lockError, [one]), 'ManycoreError');
        const echoed = (await pool.apply(tasks.echo, [one])) as HasLock;
        assert.throws(() => echoed.getLock(), { name: 'ManycoreError', message: /lock: false/ });
      });

      it('is refused when it is something else', () => {
        for (const lock of [null, 1, 'lock', {}])
          assert.throws(() => make({ lock: lock as never }), { name: 'TypeError', message: /Lock/ });
      });
    });

  /** Who holds the lock of `one` keeps another process from taking that of `other`. */
  async function lockIsTheSame(one: HasLock, other = one): Promise<void> {
    await one.getLock().with(async () => {
      assert.equal(await pool.apply(tasks.couldLock, [{ one: other }]), false);
    });
    if (!one.getLock().locked) assert.equal(await pool.apply(tasks.couldLock, [{ one: other }]), true);
  }
});
