import assert from 'node:assert/strict';
import { sparingMemory } from '../../src/node/spare-memory.ts';

describe('the environment that spares memory', () => {
  it('has large buffers given back, and keeps everything else', () => {
    const env = sparingMemory({ PATH: '/bin' });
    assert.equal(env['PATH'], '/bin');
    assert.equal(env['MALLOC_MMAP_THRESHOLD_'], '1000000');
  });

  it('leaves what the user has set', () => {
    const env = { MALLOC_ARENA_MAX: '8', MALLOC_MMAP_THRESHOLD_: '4096' };
    assert.deepEqual(sparingMemory(env), env);
  });
});
