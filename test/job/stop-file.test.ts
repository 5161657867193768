import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { StopFile, StopWatch } from '../../src/job/stop-file.ts';

describe('stop file', () => {
  it('is seen as soon as it is asked for again, and stays seen', () => {
    using file = new StopFile();
    const watch = new StopWatch(file.path);
    assert.equal(watch.isStopped(0), false);
    file.raise();
    assert.equal(watch.isStopped(1), false, 'an answer counts for a while');
    assert.equal(watch.isStopped(100), true);
    assert.equal(watch.isStopped(101), true);
  });

  it('is taken away with its owner', () => {
    const file = new StopFile();
    file.raise();
    assert.ok(existsSync(file.path));
    file[Symbol.dispose]();
    assert.equal(existsSync(file.path), false);
  });

  it('stops nothing where there is none', () => {
    assert.equal(new StopWatch(null).isStopped(0), false);
  });
});
