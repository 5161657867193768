import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { helperThreads } from '../../src/node/helper-threads.ts';

describe('the threads beside the main one', () => {
  it('leave a CPU to it, and are as many as Node has by default where there are more', () => {
    const counts = [1, 2, 3, 4, 5, 128].map((cpus) => helperThreads(cpus).replace(/^.*=/, ''));
    assert.deepEqual(counts, ['1', '1', '2', '3', '4', '4']);
  });

  it('are a flag that Node takes', () => {
    const { status, stderr } = spawnSync(process.execPath, [helperThreads(), '-e', '']);
    assert.equal(status, 0, String(stderr));
  });
});
