import assert from 'node:assert/strict';
import { AbortError, ProcessPoolExecutor, TimeoutError } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';

describe('map of an executor', () => {
  const executor = new ProcessPoolExecutor(2);
  after(() => executor.shutdown());

  async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
    const values: T[] = [];
    for await (const value of results) values.push(value);
    return values;
  }

  it('ends with the shortest input, and closes the others', async () => {
    let closed = 0;
    function* endless() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed++;
      }
    }
    async function* later() {
      yield* [10, 20, 30];
    }
    assert.deepEqual(await collect(executor.map(tasks.add, endless(), [10, 20])), [10, 21]);
    assert.deepEqual(await collect(executor.map(tasks.add, endless(), later())), [10, 21, 32]);
    assert.equal(closed, 2);
    assert.deepEqual(await collect(executor.map(tasks.add, [1, 2], [])), []);
    assert.deepEqual(await collect(executor.map(tasks.pid)), []);
  });

  it('takes options in any number of steps', async () => {
    const map = executor.map.with({ chunkSize: 2 }).with({ bufferSize: 4 });
    assert.deepEqual(await collect(map(tasks.square, [1, 2, 3, 4, 5])), [1, 4, 9, 16, 25]);
    assert.throws(() => executor.map.with({ chunkSize: 0 })(tasks.square, [1]), RangeError);
  });

  it('throws at a failed item', async () => {
    const results = executor.map(tasks.failOn7, [6, 7, 8]);
    assert.deepEqual(await results.next(), { done: false, value: 6 });
    await assert.rejects(results.next(), TypeError);
  });

  it('throws for the item that is late, counted from the call', async () => {
    const results = executor.map.with({ timeout: 2000 })(tasks.slow, [0, 60_000]);
    assert.deepEqual(await results.next(), { done: false, value: 0 });
    await assert.rejects(results.next(), TimeoutError);
  });

  it('ends on abort', async () => {
    const controller = new AbortController();
    const results = executor.map.with({ signal: controller.signal })(tasks.slow, [60_000]);
    const next = results.next();
    controller.abort();
    await assert.rejects(next, AbortError);
  });

  it('ends its input when the loop is left', async () => {
    let closed = false;
    function* endless() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    for await (const value of executor.map(tasks.square, endless())) if (value >= 9) break;
    assert.ok(closed);
  });
});
