import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'mocha';
import {
  activeChildren,
  ManycoreError,
  NotImportableError,
  Pool,
  Process,
  ProcessClosedError,
  SerializationError,
  workerFunction,
} from '../../../runtime/index.ts';
import * as jobs from '../../fixtures/runtime/jobs.ts';
import { doubleMoney, Money } from '../../fixtures/runtime/tasks.ts';
import { livingWorkers, start } from '../processes.ts';

const notExported = (): void => {};
class NotExported extends Process {}

describe('a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-process-'));
  let files = 0;
  const newFile = () => join(folder, String(files++));
  const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    assert.deepEqual(activeChildren(), []);
    assert.deepEqual(livingWorkers(), []);
  });

  async function ended(child: Process): Promise<number | null> {
    child.start();
    assert.equal(await child.join(), true);
    return child.exitCode;
  }

  it('runs its target with its arguments', async () => {
    const file = newFile();
    const child = new Process({ target: jobs.write, args: [file, 1, 'two', { three: [3] }] });
    assert.deepEqual([child.pid, child.exitCode, child.isAlive()], [undefined, null, false]);
    child.start();
    assert.ok(child.pid !== undefined && child.exitCode === null && child.isAlive());
    assert.deepEqual(activeChildren(), [child]);
    assert.equal(await child.join(), true);
    assert.deepEqual([child.exitCode, child.isAlive(), await child.join()], [0, false, true]);
    assert.deepEqual(read(file), [1, 'two', { three: [3] }]);
  });

  it('tells both sides who they are', async () => {
    const file = newFile();
    const child = new Process({ target: jobs.writeWho, args: [file], daemon: true, env: { JOB: 'yes' } });
    assert.match(child.name, /^Process-\d+$/);
    assert.equal(await ended(child), 0);
    const main = { name: 'MainProcess', pid: process.pid, daemon: false, parentPid: process.ppid };
    const current = { name: child.name, pid: child.pid, daemon: true, parentPid: process.pid };
    assert.deepEqual(read(file), { isMainProcess: false, current, parent: main, env: 'yes' });
  });

  it('takes functions, instances of registered classes and functions by name', async () => {
    const file = newFile();
    const money = new Money(3);
    assert.equal(await ended(new Process({ target: jobs.write, args: [file, { money, list: [money] }] })), 0);
    assert.equal(
      await ended(new Process({ target: jobs.callWith, args: [newFile(), doubleMoney, money] })),
      0,
    );
    const byName = workerFunction<typeof jobs.write>(
      new URL('../../fixtures/runtime/jobs.ts', import.meta.url),
      'write',
    );
    assert.equal(await ended(new Process({ target: byName, args: [file, 7] })), 0);
    assert.deepEqual(read(file), [7]);
  });

  const codes: [string, Process, number][] = [
    ['the code that its target exits with', new Process({ target: jobs.exitWith, args: [7] }), 7],
    ['0 when its target returned, whatever it left open', new Process({ target: jobs.leaveHandlesOpen }), 0],
    ['the exit code that was set when its promise settled', new Process({ target: jobs.settleLate }), 4],
    ['0 without a target', new Process(), 0],
  ];
  for (const [what, child, code] of codes)
    it(`ends with ${what}`, async () => assert.equal(await ended(child), code));

  for (const [method, code] of [
    ['terminate', -15],
    ['kill', -9],
  ] as const)
    it(`ends with ${code} after ${method}()`, async () => {
      const child = new Process({ target: jobs.loop });
      child.start();
      assert.equal(await child.join(0), false);
      child[method]();
      await child.join();
      assert.equal(child.exitCode, code);
      child[method]();
    });

  it('is terminated and joined at the end of its scope', async () => {
    const unused = new Process({ target: jobs.loop });
    await unused[Symbol.asyncDispose]();
    let seen: Process | undefined;
    {
      await using child = new Process({ target: jobs.loop });
      child.start();
      seen = child;
    }
    assert.deepEqual([seen.isAlive(), seen.exitCode], [false, -15]);
  });

  it('runs an exported subclass with its fields, and not its constructor', async () => {
    const file = newFile();
    const greeting = new jobs.Greeting(file);
    greeting.constructed = false;
    assert.equal(await ended(greeting), 0);
    assert.deepEqual(read(file), {
      ...{ name: 'Greeter', daemon: false, constructed: false },
      ...{ same: [true, true, true, false], values: [10, true] },
    });
  });

  it('calls the target of a subclass without a run() of its own', async () => {
    const file = newFile();
    assert.equal(await ended(new jobs.Renamed({ target: jobs.write, args: [file, 2] }) as never), 0);
    assert.deepEqual(read(file), [2]);
  });

  it('refuses at the call what cannot be imported', () => {
    const local = (n: number) => () => n;
    for (const target of [() => {}, notExported, local(1), jobs.write.bind(null, 'x'), Math.max])
      assert.throws(() => new Process({ target }).start(), NotImportableError);
    assert.throws(
      () => new Process({ target: notExported }).start(),
      (error: NotImportableError) =>
        error.functionName === 'notExported' && /child-process\.test/.test(error.file ?? ''),
    );
    assert.throws(() => new NotExported().start(), NotImportableError);
  });

  it('refuses at the call what cannot cross, and names the place', () => {
    const place = (args: [string, ...unknown[]]) => {
      try {
        new Process({ target: jobs.write, args }).start();
      } catch (error) {
        return error instanceof SerializationError ? error.path : error;
      }
      return undefined;
    };
    assert.equal(place(['', { deep: [() => 1] }]), 'args[1].deep[0]');
    assert.equal(place(['', Promise.resolve()]), 'args[1]');
    const greeting = Object.assign(new jobs.Greeting(''), { onEnd: () => {} });
    assert.throws(() => greeting.start(), { path: 'Greeter.onEnd' });
  });

  it('starts once, and says what it needs for everything else', async () => {
    const child = new Process({ target: jobs.exitWith, args: [0] });
    await assert.rejects(child.join(), ManycoreError);
    assert.throws(() => child.terminate(), /not started/);
    child.start();
    assert.throws(() => child.start(), /started before/);
    assert.throws(() => child.close(), /still running/);
    await assert.rejects(child.join('5' as never), RangeError);
    await child.join();
    assert.throws(() => child.start(), /started before/);
  });

  it('is not used after close()', async () => {
    const child = new Process({ target: jobs.exitWith, args: [0], name: 'closed one' });
    await ended(child);
    child.close();
    child.close();
    for (const use of [
      () => child.start(),
      () => child.terminate(),
      () => child.kill(),
      () => child.isAlive(),
      () => child.pid,
      () => child.exitCode,
    ])
      assert.throws(use, ProcessClosedError);
    await assert.rejects(child.join(), ProcessClosedError);
    await child[Symbol.asyncDispose]();
    assert.equal(child.name, 'closed one');
  });

  it('ends its daemons and waits for its other children when its target has returned', async () => {
    const file = newFile();
    const child = new Process({ target: jobs.leaveChild, args: [file] });
    assert.equal(await ended(child), 0);
    assert.deepEqual(read(file), [`${child.name}:1`, 0]);
  });

  it('starts no process as a daemon', async () => {
    const file = newFile();
    await ended(new Process({ target: jobs.startFromDaemon, args: [file], daemon: true }));
    assert.match(String(read(file)), /is a daemon/);
  });

  it('has a pool of its own', async () => {
    const file = newFile();
    assert.equal(await ended(new Process({ target: jobs.writeSum, args: [file, 10] })), 0);
    assert.equal(read(file), 285);
  });

  it('is started by a worker of a pool in its task, and so are pools', async () => {
    await using pool = new Pool(1);
    assert.equal(await pool.apply(jobs.processInWorker, [6]), 6);
    assert.equal(await pool.apply(jobs.sumOfSquares, [10]), 285);
  });

  it('prints the error of its target, and all of its output', async () => {
    const { code, output } = await start('process-output.ts').ended;
    assert.equal(code, 0);
    assert.match(output, /Process failing:\nRangeError: too far\n {4}at fail .*jobs\.ts:\d+/);
    assert.match(output, /cause.*Error: deeper/s);
    assert.match(output, /^x{1000000}$/m);
    assert.match(output, /failing 1\nprinting 0\n$/);
  });

  it('works from the top level of the module that exports its target, and refuses the others at the call', async () => {
    const { code, output } = await start('process-top-level.ts').ended;
    assert.deepEqual(
      [code, output.trim().split('\n')],
      [
        0,
        [
          ...['named ran', 'renamed ran', 'inner ran', 'deep ran', 'class ran'],
          ...['hidden', 'inline', 'closure', 'method', 'Hidden'],
        ],
      ],
    );
  });

  it('finds out in the child what the text of a module leaves open', async () => {
    const { code, output } = await start('process-unclear.mjs').ended;
    assert.equal(code, 0);
    assert.match(
      output,
      /^second ran\n0\nProcess unclear:\nNotImportableError: inner at .* is not exported.*1\n$/s,
    );
  });

  it('is refused at the top level of a module that children import', async () => {
    const { code, output } = await start('unguarded-process.ts').ended;
    assert.equal(code, 0);
    assert.match(output, /Process Process-1:\nEntryGuardError: Process\.start\(\) runs while .*:4\)/);
    assert.match(output, /exit code 1\n$/);
    assert.equal(output.match(/exit code/g)?.length, 1);
  });

  it('is waited for by its parent, unless it is a daemon, which is asked to end and then killed', async () => {
    const file = newFile();
    process.env['JOB_FILE'] = file;
    const { code, output } = await start('process-ends.ts').ended;
    Reflect.deleteProperty(process.env, 'JOB_FILE');
    assert.equal(code, 0);
    assert.ok(existsSync(file));
    assert.match(output, /asked\n$/);
  });
});
