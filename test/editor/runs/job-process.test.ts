import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { JobProcess } from '../../../src/editor/runs/job-process.ts';
import type { RunEvent } from '../../../src/protocol/run.ts';

function start(
  host: string,
  options: { node?: string; stopGrace?: number; onEvent?: (event: RunEvent) => void } = {},
): { job: JobProcess; events: RunEvent[] } {
  const events: RunEvent[] = [];
  const job = new JobProcess({
    node: { path: options.node ?? process.execPath, version: '20', reason: 'test', electron: false },
    hostFile: fileURLToPath(new URL(`../../fixtures/editor/job-hosts/${host}.mjs`, import.meta.url)),
    config: { function: 'a.ts#f', data: 'range:0:1', cwd: process.cwd() },
    env: process.env,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
    log: () => {},
    ...(options.stopGrace === undefined ? {} : { stopGrace: options.stopGrace }),
  });
  return { job, events };
}

describe('the process of a job', () => {
  it('gives the end that the job host told', async () => {
    const { job, events } = start('ends');
    const outcome = await job.outcome;
    assert.deepEqual([outcome.exitCode, outcome.runDir, outcome.failure?.code], [2, '/runs/1', 'ERR_X']);
    assert.equal(outcome.failure?.message, 'a.ts#f');
    assert.equal(events.length, 1);
  });

  it('tells how it died, with its last words, when it dies', async () => {
    const { job, events } = start('dies');
    const { exitCode, failure } = await job.outcome;
    assert.equal(exitCode, 3);
    assert.equal(failure?.code, 'ERR_MANYCORE_JOB_HOST_DIED');
    assert.match(failure?.message ?? '', /exit code 7[\s\S]*out of memory/);
    assert.equal(events.at(-1)?.type, 'failed');
  });

  it('tells of a signal', async () => {
    const { job } = start('hangs', { onEvent: () => job.kill() });
    assert.match((await job.outcome).failure?.message ?? '', /ended by SIGKILL/);
  });

  it('is killed when it does not stop within its grace', async () => {
    const { job } = start('hangs', { stopGrace: 50, onEvent: () => job.stop() });
    assert.equal((await job.outcome).exitCode, 130);
  });

  it('tells when its Node cannot be started', async () => {
    const { job } = start('ends', { node: '/nowhere/node' });
    const { exitCode, failure } = await job.outcome;
    assert.deepEqual([exitCode, failure?.code], [3, 'ERR_MANYCORE_JOB_HOST']);
    assert.match(failure?.message ?? '', /\/nowhere\/node could not be started/);
  });

  it('refuses a job host of another version', async () => {
    const { job } = start('older');
    assert.equal((await job.outcome).failure?.code, 'ERR_MANYCORE_PROTOCOL');
  });
});
