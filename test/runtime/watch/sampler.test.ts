import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { usageOf } from '../../../runtime/watch/sampler.ts';

/** `S`, `R`, `Z`, ... as the system tells it. */
const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .charAt(0);

describe('what a process uses', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('is told while it runs', () => {
    const usage = usageOf(process.pid);
    assert.ok(usage !== undefined && usage.rss > 10_000_000 && usage.cpu > 0);
  });

  it('is not told of one that has ended, though its parent has not heard of it yet', async () => {
    const child = spawn(process.execPath, ['-e', "console.log('up'); setTimeout(() => {}, 60_000)"]);
    const ended = once(child, 'exit');
    const pid = child.pid as number;
    try {
      // Linux counts the pages of a process in batches: one that has only begun is told with none.
      await once(child.stdout, 'data');
      assert.ok(usageOf(pid) !== undefined);
      child.kill('SIGKILL');
      // This process hears of it in a turn of its event loop, which there is none of here.
      while (stateOf(pid) !== 'Z');
      assert.equal(usageOf(pid), undefined);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('is not told of one that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    assert.equal(usageOf(child.pid as number), undefined);
  });
});
