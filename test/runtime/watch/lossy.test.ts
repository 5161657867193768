import assert from 'node:assert/strict';
import { type LossyEvent, Pool, ProcessPoolExecutor } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { warningsOf } from '../warnings.ts';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('telling what arrives changed', () => {
  it('says it once per place of the arguments, as a warning of the process and an event of the pool', async () => {
    const events: LossyEvent[] = [];
    const warnings = await warningsOf(async () => {
      await using pool = new Pool(1);
      pool.on('lossy', (event) => events.push(event));
      const items = range(20).map((id) => ({ user: id < 3 ? { id } : new tasks.Account(id) }));
      assert.deepEqual(await pool.map(tasks.idOf, items), range(20));
      await pool.map(tasks.idOf, items);
      await pool.apply(tasks.idOfFirst, [new tasks.Account(1)]);
      await pool.starmap(tasks.idOfFirst, [[new tasks.Account(1)], [new tasks.Account(2)]]);
    });
    assert.deepEqual(
      events.map(({ path }) => path),
      ['items[3].user', 'args[0]', 'items[0][0]'],
    );
    assert.match(
      events[0]?.message ?? '',
      /^items\[3\]\.user is an Account: it arrives as a plain object, without balance\. .*\(pool\.map\(idOf\); said once\)$/,
    );
    assert.deepEqual(
      warnings.map(({ message, code, name }) => [message, code, name]),
      events.map(({ message }) => [message, 'MANYCORE_LOSSY', 'ManycoreWarning']),
    );
  });

  it('says it of results, and keeps them', async () => {
    const events: LossyEvent[] = [];
    await warningsOf(async () => {
      await using pool = new Pool(2);
      pool.on('lossy', (event) => events.push(event));
      const results = await pool.map(tasks.openAccount, range(100), 1);
      assert.deepEqual(results.map(tasks.idOf), range(100));
    });
    assert.deepEqual(
      events.map(({ path }) => path),
      ['result.user'],
    );
    assert.match(
      events[0]?.message ?? '',
      /^result\.user is an Account: .*\(pool\.map\(openAccount\); said once\)$/,
    );
  });

  it('looks at the first items of each call and the first results of each function only', async () => {
    const events: LossyEvent[] = [];
    const warnings = await warningsOf(async () => {
      await using pool = new Pool(1);
      pool.on('lossy', (event) => events.push(event));
      const late = range(9).map((id) => (id === 8 ? new tasks.Account(id) : { id }));
      await pool.map(tasks.returnAsItIs, late, 1);
      await pool.map(tasks.returnAsItIs, range(8), 1);
      await pool.apply(tasks.returnAsItIs, [0]);
    });
    assert.deepEqual([events, warnings], [[], []]);
  });

  it('warns once in a process, whichever pool it is, and tells every pool', async () => {
    const events: LossyEvent[] = [];
    const warnings = await warningsOf(async () => {
      for (const name of ['first', 'second']) {
        await using pool = new Pool({ processes: 1, name });
        pool.on('lossy', (event) => events.push(event));
        await pool.mapAsync(tasks.idOfFirst, [new tasks.Account(1)]);
      }
    });
    assert.deepEqual([events.length, warnings.length], [2, 1]);
  });

  it('names the executor where it was called', async () => {
    const warnings = await warningsOf(async () => {
      await using executor = new ProcessPoolExecutor(1);
      await executor.submit(tasks.idOfFirst, new tasks.Account(1));
      for await (const id of executor.map(tasks.idOfFirst, [new tasks.Account(2)])) assert.equal(id, 2);
    });
    assert.deepEqual(
      warnings.map(({ message }) => message.replace(/ is an Account.*data\. /, ' ')),
      ['args[0] (executor.submit(idOfFirst); said once)', 'items[0][0] (executor.map(idOfFirst); said once)'],
    );
  });
});
