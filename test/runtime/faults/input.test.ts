import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AbortError, Pool, PoolClosedError, SerializationError } from '../../../runtime/index.ts';
import type * as passing from '../../fixtures/runtime/pass.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { errorOf, outcomesOf, sleep } from '../outcomes.ts';
import { eventually, start } from '../processes.ts';
import { overTransports } from '../transports.ts';

/** Numbers without an end; notes how far it was read and whether it was told to stop. */
function* endless(seen: { read: number; closed: boolean }): Generator<number> {
  try {
    for (;;) yield seen.read++;
  } finally {
    seen.closed = true;
  }
}
async function* slowly(ms: number, most = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  for (let n = 0; n < most; n++) {
    await sleep(ms);
    yield n;
  }
}
const silent = (): AsyncIterable<number> => ({
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }),
});

describe('an input that misbehaves', () => {
  overTransports('a pool', () => {
    it('is left early in every way, and stays usable', async () => {
      await using pool = new Pool(2);
      const seen = { read: 0, closed: false };
      for await (const value of pool.imap(tasks.square, endless(seen), { bufferSize: 20 }))
        if (value === 100) break;
      assert.ok(seen.closed && seen.read <= 11 + 20, `read ${seen.read}`);

      const thrown = await errorOf(
        (async () => {
          for await (const value of pool.imapUnordered(tasks.square, endless(seen)))
            if (value > 50) throw new Error('enough');
        })(),
      );
      assert.equal((thrown as Error).message, 'enough');

      const waiting = pool.imap(tasks.slow, [60_000, 1]);
      const next = waiting.next();
      assert.deepEqual(await waiting.return?.(), { done: true, value: undefined });
      assert.deepEqual(await next, { done: true, value: undefined });
      assert.deepEqual(await waiting.next(), { done: true, value: undefined });
      assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
    });

    it('is left before its function is found, and lets the pool end', async () => {
      const pool = new Pool(1);
      const seen = { read: 0, closed: false };
      // A module that nobody has asked for before.
      const module = new URL('../../fixtures/runtime/pass.ts', import.meta.url);
      const fresh = (await import(`${module}?${Math.random()}`)) as typeof passing;
      const stream = pool.imap(fresh.pass, endless(seen));
      await stream.return?.();
      pool.close();
      await pool.join();
      assert.equal(seen.read, 0);
    });

    it('throws in the middle: what came before is given, then the error', async () => {
      await using pool = new Pool(1);
      function* broken() {
        yield 1;
        yield 2;
        throw new Error('broken input');
      }
      async function* brokenLater() {
        yield* slowly(2, 2);
        throw new Error('broken input');
      }
      for (const stream of [pool.imap(tasks.square, broken()), pool.imap(tasks.square, brokenLater())]) {
        const { values, errors } = await outcomesOf(stream);
        assert.deepEqual([values.length, errors.map(String)], [2, ['Error: broken input']]);
      }
      await assert.rejects(pool.map(tasks.square, broken()), /broken input/);
      await assert.rejects(pool.map(tasks.square, brokenLater()), /broken input/);
      assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
    });

    it('breaks the rules of iterators', async () => {
      await using pool = new Pool(1);
      await pool.map(tasks.square, [1]);
      const by = (next: () => unknown): Iterable<number> => ({
        [Symbol.iterator]: () => ({ next: next as () => IteratorResult<number> }),
      });
      await assert.rejects(
        pool.map(
          tasks.square,
          by(() => undefined),
        ),
        TypeError,
      );
      await assert.rejects(
        pool.map(tasks.square, {
          [Symbol.iterator](): Iterator<number> {
            throw new Error('no iterator');
          },
        }),
        /no iterator/,
      );
      await assert.rejects(
        pool.map(tasks.square, { [Symbol.asyncIterator]: () => ({ next: () => 5 }) } as never),
      );
      assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
    });

    it('cannot be closed: that is a warning and no failure of the call', async () => {
      await using pool = new Pool(1);
      const warnings: Error[] = [];
      const listen = (warning: Error) => warnings.push(warning);
      process.on('warning', listen);
      const refuse = () => {
        throw new Error('not closed');
      };
      let n = 0;
      const sync = {
        [Symbol.iterator]: () => ({ next: () => ({ value: n++, done: false }), return: refuse }),
      };
      const async = {
        [Symbol.asyncIterator]: () => ({ next: async () => ({ value: n++, done: false }), return: refuse }),
      };
      for (const input of [sync, async] as Iterable<number>[]) {
        for await (const value of pool.imap(tasks.square, input)) if (value >= 0) break;
        const controller = new AbortController();
        const aborted = errorOf(pool.map(tasks.square, input, { signal: controller.signal }));
        await sleep(20);
        controller.abort();
        assert.ok((await aborted) instanceof AbortError);
      }
      assert.ok(await eventually(() => warnings.length === 4), `${warnings.length} warnings`);
      process.off('warning', listen);
      assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
    });

    it('never gives anything, and is left, aborted and terminated', async () => {
      const pool = new Pool(1);
      assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
      const stream = pool.imap(tasks.square, silent());
      const next = stream.next();
      await stream.return?.();
      assert.equal((await next).done, true);
      const signal = AbortSignal.timeout(20);
      assert.ok((await errorOf(pool.map(tasks.square, silent(), { signal }))) instanceof AbortError);
      const pending = errorOf(pool.map(tasks.square, silent()));
      assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
      await pool.terminate();
      assert.ok((await pending) instanceof PoolClosedError);
    });

    it('never ends, and is aborted', async () => {
      await using pool = new Pool(2);
      const seen = { read: 0, closed: false };
      const controller = new AbortController();
      const aborted = errorOf(pool.map(tasks.slow, endless(seen), { signal: controller.signal }));
      assert.ok(await eventually(() => seen.read > 10));
      controller.abort();
      const error = await aborted;
      assert.ok(error instanceof AbortError && seen.closed);
      assert.deepEqual(await pool.map(tasks.square, [3]), [9]);
    });

    it('is slow, and its items are run as they come', async () => {
      await using pool = new Pool(2);
      const running = pool.map(tasks.square, slowly(30, 12), 4);
      assert.deepEqual(await pool.map(tasks.square, [5]), [25]);
      assert.equal((await running).at(-1), 121);
      const values: number[] = [];
      for await (const value of pool.imap(tasks.square, slowly(5))) {
        values.push(value);
        if (values.length === 10) break;
      }
      assert.equal(values.at(-1), 81);
    });

    it('holds nothing but what cannot cross, without an end', async () => {
      const program = start('unsendable-input.ts');
      const limit = setTimeout(() => program.child.kill('SIGKILL'), 15_000);
      const { output } = await program.ended;
      clearTimeout(limit);
      assert.equal(output, `${SerializationError.name}\n`.repeat(3).concat('AbortError\nleft\n'));
    });
  });
});
