import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import type { WorkerSnapshot } from '../../src/protocol/run.ts';
import { isAlive, manycore, results, runInParallel, until } from './workspace.ts';

const slow = {
  file: 'src/slow.mjs',
  export: 'slowly',
  data: 'range:0:5000',
  workers: 2,
  baseline: 'off',
} as const;

/** Waits until some items are done; gives the workers of that moment. */
async function someItemsDone(): Promise<readonly WorkerSnapshot[]> {
  const api = await manycore();
  const progress = await until(() => {
    const { runModel } = api;
    return runModel.state === 'running' && (runModel.progress?.done ?? 0) >= 4 && runModel.progress;
  });
  assert.ok(progress.workers.length >= 1);
  return progress.workers;
}

async function assertGone(workers: readonly WorkerSnapshot[]): Promise<void> {
  for (const { pid } of workers) await until(() => !isAlive(pid));
}

describe('a run that does not come to its end', () => {
  before(() => manycore());

  it('keeps what is done when it is stopped, and leaves no process', async () => {
    const running = runInParallel(slow);
    const workers = await someItemsDone();
    await vscode.commands.executeCommand(Command.stop);
    const outcome = await running;
    assert.equal(outcome.exitCode, 130, outcome.failure?.message);
    const rows = results(outcome.runDir);
    assert.ok(rows.length >= 4 && rows.length < 5000);
    assert.ok(rows.every(({ index, value }) => value === index * 2));
    assert.equal(outcome.summary?.interrupted, true);
    assert.equal((await manycore()).runModel.state, 'interrupted');
    await assertGone(workers);
  });

  it('is told when the job host dies, keeps what is done, and leaves no process', async () => {
    const running = runInParallel(slow);
    const workers = await someItemsDone();
    const api = await manycore();
    assert.ok(api.jobHostPid !== undefined);
    process.kill(api.jobHostPid, 'SIGKILL');
    const outcome = await running;
    assert.equal(outcome.exitCode, 3);
    assert.equal(outcome.failure?.code, 'ERR_MANYCORE_JOB_HOST_DIED');
    assert.match(outcome.failure.message, /SIGKILL/);
    assert.equal(api.runModel.state, 'failed');
    assert.equal(api.jobHostPid, undefined);
    assert.ok(results(outcome.runDir).length >= 4);
    await assertGone(workers);
  });

  it('refuses a second one meanwhile, or is stopped for it', async () => {
    const first = runInParallel(slow);
    await someItemsDone();
    await assert.rejects(runInParallel({ ...slow, data: 'range:0:3' }), /still running/);
    const second = await runInParallel({ ...slow, data: 'range:0:3', ifRunning: 'stop' });
    assert.equal((await first).exitCode, 130);
    assert.equal(second.exitCode, 0, second.failure?.message);
    assert.equal(second.summary?.items, 3);
  });

  it('can be repeated as it was', async () => {
    const outcome = await vscode.commands.executeCommand<{ exitCode: number }>(Command.runAgain);
    assert.equal(outcome.exitCode, 0);
  });
});
