import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { system } from '../../../runtime/native/current.ts';
import { awaitEnd, lookForEnd } from '../../../runtime/sync/life.ts';
import { waiting } from '../../../runtime/sync/native.ts';
import { eventually, isAlive } from '../processes.ts';

describe('looking for the end of a process', () => {
  it('tells it, once, and only then', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    const pid = child.pid as number;
    let told = 0;
    const tell = () => {
      assert.ok(!isAlive(pid));
      told++;
    };
    assert.equal(lookForEnd(pid, system.runningSince(pid), tell), 'awaited');
    child.kill('SIGKILL');
    assert.ok(await eventually(() => told > 0));
    assert.equal(told, 1);
  });

  it('finds no process that has ended, or another one with its number', () => {
    assert.equal(lookForEnd(2 ** 22 + 1, 5, assert.fail), 'ended');
    assert.equal(lookForEnd(process.pid, 0, assert.fail), 'ended');
    assert.equal(lookForEnd(process.pid, system.runningSince(process.pid) + 1, assert.fail), 'ended');
  });
});

describe('the named pipe of a process', () => {
  it('tells its end, also to those who come afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'manycore-life-'));
    try {
      const path = join(folder, 'life');
      assert.equal(awaitEnd(path, assert.fail), 'missing');
      waiting().makeFifo(path);
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      let told = 0;
      assert.equal(
        awaitEnd(path, () => told++),
        'awaited',
      );
      closeSync(fd);
      assert.ok(await eventually(() => told === 1));
      assert.equal(awaitEnd(path, assert.fail), 'ended');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
