import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import { Pool } from '../../../runtime/index.ts';
import { OrphanGuard } from '../../../runtime/process/orphan-guard.ts';
import { loopInPool } from '../../fixtures/runtime/jobs.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { eventually, guardsOf, isAlive, runFixture } from '../processes.ts';

interface Family {
  readonly parent: ChildProcess;
  /** All who said that they are there. */
  readonly pids: number[];
  readonly guards: number[];
}

/** Starts `parent.ts HOW` in a process group of its own and waits for so many of its descendants. */
async function family(how: string, size: number): Promise<Family> {
  const parent = spawn(process.execPath, runFixture('parent.ts', how), {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let output = '';
  parent.stdout.on('data', (text: Buffer) => {
    output += text;
  });
  const found = () => Array.from(output.matchAll(/pid (\d+)/g), ([, pid]) => Number(pid));
  assert.ok(await eventually(() => found().length === size), output);
  const pids = found();
  return { parent, pids, guards: [parent.pid as number, ...pids].flatMap(guardsOf) };
}

const started: ChildProcess[] = [];
const killStarted = () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
};

describe('the children of a process that is gone', () => {
  afterEach(killStarted);

  const families: [how: string, size: number][] = [
    ['pool worker', 2],
    ['process', 1],
    ['daemon process', 1],
    ['grandchild', 3],
    ['pool in a pool', 4],
  ];
  for (const [how, size] of families)
    it(`are gone too when it was killed, busy in an endless loop or not: ${how}`, async () => {
      const { parent, pids, guards } = await family(how, size);
      started.push(parent);
      assert.ok(pids.every(isAlive) && guards.length > 0 && guards.every(isAlive));
      parent.kill('SIGKILL');
      assert.ok(await eventually(() => ![...pids, ...guards].some(isAlive)));
    });

  it('are gone after Ctrl-C', async () => {
    const { parent, pids, guards } = await family('pool in a pool', 4);
    started.push(parent);
    process.kill(-(parent.pid as number), 'SIGINT');
    const [, signal] = (await once(parent, 'exit')) as [number | null, string | null];
    assert.equal(signal, 'SIGINT');
    assert.ok(await eventually(() => ![...pids, ...guards].some(isAlive)));
  });

  it('are gone when it is a worker that was killed in the task that started them', async () => {
    await using pool = new Pool(1);
    const pids: number[] = [];
    pool.on('output', ({ line }) => {
      const pid = /^pid (\d+)/.exec(line)?.[1];
      if (pid !== undefined) pids.push(Number(pid));
    });
    const task = pool.apply(loopInPool);
    task.catch(() => {});
    assert.ok(await eventually(() => pids.length === 2));
    const guards = pids.flatMap(guardsOf);
    assert.equal(guards.length, 1);
    process.kill(pids[0] as number, 'SIGKILL');
    await assert.rejects(task, { name: 'WorkerDiedError' });
    assert.ok(await eventually(() => ![...pids, ...guards].some(isAlive)));
    assert.equal(await pool.apply(tasks.add, [1, 2]), 3);
  });
});

/** The mask of ignored signals is in hexadecimal; bit 1 is SIGINT. */
const ignoresInterrupts = (pid: number): boolean => {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & 2n) !== 0n;
};

describe('the guard of orphans', () => {
  afterEach(killStarted);

  it('is one process, and another one when somebody killed it', async () => {
    await using pool = new Pool(2);
    await pool.map(tasks.slow, [10, 10]);
    const [guard, ...others] = guardsOf(process.pid);
    assert.ok(guard !== undefined && others.length === 0);
    process.kill(guard, 'SIGKILL');
    assert.ok(await eventually(() => guardsOf(process.pid).length === 0));
    process.kill(await pool.apply(tasks.pid), 'SIGKILL');
    assert.ok(await eventually(() => pool.workers.length < 2));
    await pool.map(tasks.slow, [10, 10, 10, 10]);
    assert.ok(await eventually(() => guardsOf(process.pid).length === 1));
  });

  it('is not needed for anything else', async () => {
    const guard = new OrphanGuard('/no/such/shell');
    guard.add(process.pid);
    guard.remove(process.pid);
    await new Promise((resolve) => setImmediate(resolve));
    guard.add(process.pid);
    assert.equal(guard.pid, undefined);
  });

  for (const shell of ['/bin/sh', '/bin/dash', '/bin/bash'].filter(existsSync))
    it(`kills whom it was told, but no stranger that got the number: ${shell}`, async () => {
      const parent = spawn(process.execPath, runFixture('guarded.ts', shell), {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      started.push(parent);
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const { guard, told, left } = JSON.parse(String(line)) as Record<'guard' | 'told' | 'left', number[]>;
      assert.ok([...guard, ...told, ...left].every(isAlive));
      // Signals of a terminal do not end it, once it has set its traps.
      assert.ok(await eventually(() => ignoresInterrupts(guard[0] as number)));
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
        process.kill(guard[0] as number, signal);
      parent.kill('SIGKILL');
      assert.ok(await eventually(() => ![...guard, ...told].some(isAlive)));
      assert.ok(left.every(isAlive));
      for (const pid of left) process.kill(pid, 'SIGKILL');
    });
});
