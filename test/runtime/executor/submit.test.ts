import assert from 'node:assert/strict';
import {
  AbortError,
  type Future,
  NotImportableError,
  PoolClosedError,
  ProcessPoolExecutor,
  SerializationError,
  TimeoutError,
  WorkerStartError,
} from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { Gate } from '../gate.ts';
import { eventually, livingWorkers } from '../processes.ts';
import { warningsOf } from '../warnings.ts';

describe('submitting to an executor', () => {
  let executor: ProcessPoolExecutor;
  beforeEach(() => {
    executor = new ProcessPoolExecutor(1);
  });
  afterEach(async () => {
    await executor.shutdown({ cancelFutures: true });
    assert.deepEqual(livingWorkers(), []);
  });

  it('throws at the call for arguments that cannot cross', () => {
    assert.throws(() => executor.submit(tasks.identity, { at: [Promise.resolve()] }), {
      constructor: SerializationError,
      path: 'args[0].at[0]',
    });
    assert.throws(() => executor.submit(tasks.identity, new Intl.Collator()), SerializationError);
  });

  it('throws at the call for functions that no module can export', () => {
    assert.throws(() => executor.submit(tasks.square.bind(null), 1), NotImportableError);
    assert.throws(() => executor.submit(Math.sqrt, 1), NotImportableError);
    assert.throws(() => executor.submit(5 as never), /must be a function, received number/);
  });

  it('tells through the future that no module exports a function', async () => {
    const local = (n: number) => n;
    const future = executor.submit(local, 1);
    assert.ok((await future.exception()) instanceof NotImportableError);
  });

  it('finds exported functions among the arguments', async () => {
    assert.equal(await executor.submit(tasks.callIt, { fn: tasks.square }), 25);
  });

  it('cancels before, and neither while nor after a task runs', async () => {
    using gate = new Gate();
    const running = executor.submit(tasks.untilThere, gate.file);
    const waiting = executor.submit(tasks.slow, 200);
    await eventually(() => running.running());
    assert.deepEqual([running.cancel(), running.cancelled(), running.done()], [false, false, false]);
    assert.deepEqual([waiting.cancel(), waiting.cancel(), waiting.done()], [true, true, true]);
    await assert.rejects(waiting.result(), AbortError);
    await assert.rejects(waiting.exception(), AbortError);
    gate.open();
    assert.equal(await running, gate.file);
    assert.deepEqual([running.cancel(), running.running(), running.cancelled()], [false, false, false]);
  });

  it('gives up waiting for a result or an error, and the task goes on', async () => {
    using gate = new Gate();
    const future = executor.submit(tasks.untilThere, gate.file);
    await assert.rejects(future.result(1), TimeoutError);
    await assert.rejects(future.exception(1), TimeoutError);
    gate.open();
    assert.deepEqual([await future.result(60_000), await future.exception(1)], [gate.file, null]);
    const fails = executor.submit(tasks.failOn7, 7);
    assert.ok((await fails.exception(60_000)) instanceof TypeError);
    await assert.rejects(fails.result(60_000), TypeError);
  });

  it('calls back once a future is done, at once if it is, and whatever another callback throws', async () => {
    const called: string[] = [];
    const note = (name: string) => (future: Future<number>) => void called.push(`${name} ${future.done()}`);
    const warnings = await warningsOf(async () => {
      const future = executor.submit(tasks.square, 3);
      future.addDoneCallback(note('first'));
      future.addDoneCallback(() => {
        throw new Error('not my day');
      });
      future.addDoneCallback(note('second'));
      assert.equal(await future, 9);
      future.addDoneCallback(note('late'));
      assert.deepEqual(called, ['first true', 'second true', 'late true']);
      future.addDoneCallback(() => Promise.reject(new Error('nor mine')));
    });
    assert.deepEqual(
      warnings.map(({ message, code }) => [message, code]),
      [
        ['a done callback of a future threw Error: not my day', 'MANYCORE_CALLBACK'],
        ['a done callback of a future threw Error: nor mine', 'MANYCORE_CALLBACK'],
      ],
    );
  });

  it('calls back for futures that were cancelled', async () => {
    const first = executor.submit(tasks.slow, 50);
    const second = executor.submit(tasks.slow, 50);
    let cancelled = false;
    second.addDoneCallback((future) => {
      cancelled = future.cancelled();
    });
    second.cancel();
    assert.equal(cancelled, true);
    await first;
  });

  it('fails futures when the initializer fails, and says why', async () => {
    await using broken = new ProcessPoolExecutor({
      maxWorkers: 2,
      initializer: tasks.initThrowsOn,
      initArgs: ['bad'],
    });
    const futures = [1, 2, 3].map((n) => broken.submit(tasks.square, n));
    for (const future of futures) {
      const error = await future.exception();
      assert.ok(error instanceof WorkerStartError);
      assert.match(error.message, /its initializer threw: bad start/);
      assert.equal((error.cause as tasks.OrderError).orderId, 1);
    }
  });

  it('hands functions and instances of registered classes to the initializer', async () => {
    await using other = new ProcessPoolExecutor({
      maxWorkers: 1,
      initializer: tasks.setUp,
      initArgs: [{ fn: tasks.square, price: new tasks.Money(5) }],
    });
    const { fn, price } = (await other.submit(tasks.seen)) as { fn: unknown; price: unknown };
    assert.equal(fn, tasks.square);
    assert.ok(price instanceof tasks.Money && price.cents === 5);
  });

  it('refuses the initializer at once when it can be seen that nothing exports it', () => {
    const initializer = tasks.setUp.bind(null) as (...args: never[]) => unknown;
    assert.throws(() => new ProcessPoolExecutor({ initializer }), NotImportableError);
  });
});

describe('shutting an executor down', () => {
  it('without waiting lets the tasks go on', async () => {
    using gate = new Gate();
    const executor = new ProcessPoolExecutor(1);
    const future = executor.submit(tasks.untilThere, gate.file);
    await executor.shutdown({ wait: false });
    assert.equal(future.done(), false);
    assert.throws(() => executor.submit(tasks.square, 1), PoolClosedError);
    assert.throws(() => executor.map(tasks.square, [1]), PoolClosedError);
    gate.open();
    assert.equal(await future, gate.file);
    await executor.shutdown();
    assert.deepEqual(livingWorkers(), []);
  });

  it('with waiting returns when everything is done, as often as it is called', async () => {
    const executor = new ProcessPoolExecutor(1);
    const futures = [1, 2, 3].map((n) => executor.submit(tasks.square, n));
    await Promise.all([executor.shutdown(), executor.shutdown()]);
    assert.ok(futures.every((future) => future.done()));
    assert.deepEqual(livingWorkers(), []);
  });

  it('can cancel what has not begun, and ends iterators that nobody reads to their end', async () => {
    using gate = new Gate();
    const executor = new ProcessPoolExecutor(1);
    const running = executor.submit(tasks.untilThere, gate.file);
    const waiting = [1, 2, 3].map((n) => executor.submit(tasks.square, n));
    const results = executor.map(tasks.square, endless());
    await eventually(() => running.running());
    const ended = executor.shutdown({ cancelFutures: true });
    assert.ok(waiting.every((future) => future.cancelled()));
    gate.open();
    await ended;
    assert.equal(await running, gate.file);
    await assert.rejects(drain(results), AbortError);
    assert.deepEqual(livingWorkers(), []);
  });
});

function* endless(): Generator<number> {
  for (let n = 0; ; n++) yield n;
}
async function drain(results: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of results);
}
