import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunCommand, RunConfig, RunEvent } from '../../src/protocol/run.ts';
import { descendants, FIXTURES, isAlive, readRows, readSummary, temporaryFolders, until } from './harness.ts';

const HOST = fileURLToPath(new URL('../../src/job/host.ts', import.meta.url));

describe('the job host', () => {
  const folder = temporaryFolders();
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function host(config: Partial<RunConfig> & Pick<RunConfig, 'function' | 'data' | 'runDir'>) {
    const child = fork(HOST, { execArgv: ['--import', 'tsx'], silent: true });
    started.push(child);
    const events: RunEvent[] = [];
    let stdout = '';
    child.on('message', (event: RunEvent) => events.push(event));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.resume();
    const send = (command: RunCommand): void => void child.send(command);
    send({ type: 'run', config: { cwd: FIXTURES, workers: 2, baseline: 'off', ...config } });
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    return { child, events, send, ended, printed: () => stdout };
  }

  it('runs one job, tells all of it in events and nothing on stdout, and ends with its exit code', async () => {
    const runDir = join(folder(), 'run');
    const { events, ended, printed } = host({ function: 'functions.ts#prints', data: 'range:0:5', runDir });
    assert.equal(await ended, 0);
    assert.equal(printed(), '');
    const last = events.at(-1);
    assert.ok(last?.type === 'finished');
    assert.deepEqual(last.summary, readSummary(runDir));
    assert.deepEqual(
      ['started', 'phase', 'output', 'results', 'timeline', 'progress'].filter(
        (type) => !events.some((event) => event.type === type),
      ),
      [],
    );
  });

  it('tells why a run could not begin', async () => {
    const { events, ended } = host({ function: 'functions.ts#sqare', data: 'range:0:5', runDir: folder() });
    assert.equal(await ended, 2);
    const last = events.at(-1);
    assert.ok(last?.type === 'failed');
    assert.equal(last.failure.code, 'ERR_MANYCORE_EXPORT_NOT_FOUND');
  });

  const slow = (runDir: string) =>
    ({ function: 'functions.ts#slow', data: 'range:0:1000', chunk: 1, runDir }) as const;

  it('stops when told to', async () => {
    const runDir = join(folder(), 'run');
    const { events, send, ended } = host(slow(runDir));
    await until('an item is done', () =>
      events.some((event) => event.type === 'progress' && event.progress.done > 0),
    );
    send({ type: 'stop' });
    assert.equal(await ended, 130);
    assert.equal(readSummary(runDir).items, readRows(runDir).length);
  });

  it('stops and leaves no process when its viewer is gone', async () => {
    const runDir = join(folder(), 'run');
    const { child, events, ended } = host(slow(runDir));
    await until('an item is done', () =>
      events.some((event) => event.type === 'progress' && event.progress.done > 0),
    );
    const processes = descendants(child.pid ?? 0);
    child.disconnect();
    assert.equal(await ended, 130);
    assert.equal(readSummary(runDir).interrupted, true);
    await until('its processes have ended', () => !processes.some(isAlive));
  });
});
