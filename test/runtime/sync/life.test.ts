import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'mocha';
import { system } from '../../../runtime/native/current.ts';
import { lookForEnd } from '../../../runtime/sync/life.ts';
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
    assert.equal(lookForEnd(pid, system.runningSince(pid), tell), true);
    child.kill('SIGKILL');
    assert.ok(await eventually(() => told > 0));
    assert.equal(told, 1);
  });

  it('finds no process that has ended, or another one with its number', () => {
    assert.equal(lookForEnd(2 ** 22 + 1, 5, assert.fail), false);
    assert.equal(lookForEnd(process.pid, 0, assert.fail), false);
    assert.equal(lookForEnd(process.pid, system.runningSince(process.pid) + 1, assert.fail), false);
  });
});
