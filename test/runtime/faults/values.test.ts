import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { itemIndexOf, ManycoreError, Pool, SerializationError } from '../../../runtime/index.ts';
import * as faults from '../../fixtures/runtime/faults.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { errorOf, outcomesOf, range } from '../outcomes.ts';
import { overTransports } from '../transports.ts';

const unsendable = (): unknown => ({ deep: [Symbol('s')] });

describe('a value that cannot cross', () => {
  overTransports('a pool', () => {
    it('fails its own task and keeps the workers: argument, result and error 20 times over', async () => {
      await using pool = new Pool(2);
      await pool.map(tasks.slow, [200, 200], 1);
      const pids = () => pool.workers.map(({ pid }) => pid);
      const before = pids();
      assert.equal(before.length, 2);
      for (const n of range(20)) {
        const argument = await errorOf(pool.apply(tasks.identity, [unsendable()]));
        assert.ok(
          argument instanceof SerializationError && argument.path === 'args[0].deep[0]',
          String(argument),
        );
        const result = await errorOf(pool.apply(tasks.returnClosure));
        assert.ok(result instanceof SerializationError, String(result));
        const error = (await errorOf(pool.apply(tasks.throwUnsendable))) as {
          message: string;
          status: number;
        };
        assert.deepEqual([error.message, error.status], ['with a socket', 500]);
        const items = [unsendable(), n, unsendable(), unsendable(), n + 1, () => n, n + 2, () => n];
        const mixed = await outcomesOf(pool.imap(tasks.identity, items));
        const values = [n, n + 1, n + 2];
        assert.deepEqual([mixed.values, mixed.errors.map(itemIndexOf)], [values, [0, 2, 3, 5, 7]]);
        const lastRefused = await errorOf(pool.map(tasks.identity, [n, () => n]));
        assert.ok(lastRefused instanceof SerializationError);
      }
      assert.deepEqual(pids(), before);
    });

    it('fails its own task when the worker cannot decode it', async () => {
      await using pool = new Pool(1);
      const before = await pool.apply(tasks.pid);
      const items = range(20).map((n) => new faults.Fragile(n % 3 === 0 ? 'worker' : 'nowhere'));
      const { values, errors } = await outcomesOf(pool.imap(faults.brokenOf, items, { chunkSize: 7 }));
      assert.deepEqual([values.length, errors.map(itemIndexOf)], [13, [0, 3, 6, 9, 12, 15, 18]]);
      assert.ok(errors.every((error) => error instanceof RangeError && error.message === 'broken in worker'));
      assert.equal(await pool.apply(tasks.pid), before);
    });

    it('fails its own task when its result cannot be decoded', async () => {
      await using pool = new Pool(1);
      const before = await pool.apply(tasks.pid);
      const items = range(9).map((n) => (n % 3 === 1 ? 'main' : 'nowhere'));
      const { values, errors } = await outcomesOf(pool.imap(faults.makeFragile, items, { chunkSize: 4 }));
      assert.deepEqual([values.length, errors.map(itemIndexOf)], [6, [1, 4, 7]]);
      assert.ok(errors.every((error) => error instanceof ManycoreError));
      assert.equal(await pool.apply(tasks.pid), before);
    });

    for (const named of ['by value', 'watched'])
      it(`fails its own task when its error cannot be decoded: ${named}`, async () => {
        await using pool = new Pool(1);
        if (named === 'watched') pool.on('task', () => {});
        const before = await pool.apply(tasks.pid);
        const items = ['nowhere', 'main', 'nowhere'] as const;
        const { errors } = await outcomesOf(pool.imap(faults.throwFragile, items));
        assert.deepEqual(errors.map(itemIndexOf), [0, 1, 2]);
        assert.ok(errors.every((error) => error instanceof Error));
        assert.ok((errors[2] as { fragile?: unknown }).fragile instanceof faults.Fragile);
        assert.equal(await pool.apply(tasks.pid), before);
      });

    it('fails the task whose result cannot be waited for', async () => {
      await using pool = new Pool(1);
      await assert.rejects(pool.apply(faults.thenThrows), /getter of then/);
    });
  });
});

describe('what is thrown and is no common error', () => {
  const plain: [faults.Thrown, unknown][] = [
    ['text', 'just text'],
    ['undefined', undefined],
    ['null', null],
    ['number', 42],
    ['bare', {}],
  ];
  const told: [faults.Thrown, RegExp][] = [
    ['symbol', /^thrown is a symbol \(Symbol\(s\)\)/],
    ['function', /^thrown is a function/],
    ['getter', /^thrown\.x .*getter of x/],
    ['frozen', /^frozen$/],
    ['error with getter', /^with getter$/],
    ['error without parts', /^thrown.* getter of/],
    ['proxy', /^thrown is a Proxy/],
  ];

  for (const watched of [false, true])
    overTransports(watched ? 'watched' : 'nobody watches', () => {
      it('arrives as it is, or is told, and keeps the worker', async () => {
        await using pool = new Pool(1);
        if (watched) pool.on('task', () => {});
        const before = await pool.apply(tasks.pid);
        for (const [kind, value] of plain) {
          const [outcome] = await Promise.allSettled([pool.apply(faults.throwAs, [kind])]);
          assert.deepEqual({ ...outcome }, { status: 'rejected', reason: value }, kind);
        }
        for (const [kind, message] of told) {
          const error = await errorOf(pool.apply(faults.throwAs, [kind]));
          assert.ok(error instanceof Error, `${kind}: ${String(error)}`);
          assert.match(error.message, message, kind);
        }
        const several = await outcomesOf(
          pool.imap(
            faults.throwAs,
            [...plain, ...told].map(([kind]) => kind),
          ),
        );
        assert.equal(several.errors.length, plain.length + told.length);
        assert.equal(await pool.apply(tasks.pid), before);
      });

      it('reaches the callback of a result as an error', async () => {
        await using pool = new Pool(1);
        for (const kind of ['undefined', 'bare', 'text']) {
          const errors: Error[] = [];
          const result = pool.applyAsync(faults.throwAs, [kind], {
            errorCallback: (e) => void errors.push(e),
          });
          assert.equal(await result.wait(), true);
          assert.ok(errors[0] instanceof Error, kind);
        }
      });
    });
});
