import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SharedMemoryUnavailableError } from '../../../runtime/index.ts';
import { systemOf } from '../../../runtime/native/current.ts';

describe('the operating system', () => {
  it('has its own places for memory that has a name', () => {
    assert.equal(systemOf('linux').namePrefix, '/dev/shm/');
    assert.match(systemOf('darwin').namePrefix, /^\/tmp\/manycore-memory-\d+\/$/);
    assert.equal(systemOf('win32').namePrefix, 'Local\\');
  });

  it('puts no name of a segment anywhere else', () => {
    for (const platform of ['linux', 'darwin', 'win32', 'freebsd'] as const)
      for (const name of ['a/b', '/a', 'a\0']) assert.match(name, systemOf(platform).refusedInNames);
    assert.match('Global\\a', systemOf('win32').refusedInNames);
    assert.doesNotMatch('a name_1.x', systemOf('win32').refusedInNames);
  });

  it('carries frames in memory on Linux alone, until somebody asks for it', () => {
    const carrying = (['linux', 'darwin', 'win32', 'freebsd'] as const).filter(
      (platform) => systemOf(platform).carriesFrames,
    );
    assert.deepEqual(carrying, ['linux']);
  });

  it('says what is missing where it has no shared memory, or no waiting', () => {
    const unavailable = (text: RegExp) => (error: unknown) => {
      assert.ok(error instanceof SharedMemoryUnavailableError);
      assert.match(error.message, text);
      return true;
    };
    assert.throws(() => systemOf('freebsd').memory(), unavailable(/on Linux; macOS and Windows/));
    assert.throws(() => systemOf('freebsd').waiting(), unavailable(/on Linux; macOS and Windows/));
    assert.throws(() => systemOf('win32').waiting(), unavailable(/RawValue.*lock: false/));
  });
});
