import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { SharedMemory } from '../../../runtime/index.ts';
import { isThere, newName, SHM } from './shm.ts';

/** Ends it whatever happens. */
function withMemory(
  options: ConstructorParameters<typeof SharedMemory>[0],
  body: (memory: SharedMemory) => void,
) {
  const memory = new SharedMemory(options);
  try {
    body(memory);
  } finally {
    memory.unlink();
    memory.close();
  }
}

describe('a named segment', () => {
  it('is memory that those who know its name have in common', () => {
    withMemory({ name: newName(), create: true, size: 1000 }, (memory) => {
      assert.equal(memory.size, 1000);
      assert.equal(memory.buffer.byteLength, 1000);
      assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0));
      const other = new SharedMemory({ name: memory.name });
      new Uint8Array(memory.buffer)[999] = 5;
      assert.equal(new Uint8Array(other.buffer)[999], 5);
      assert.equal(other.size, 1000);
      other.close();
    });
  });

  it('is a file of this user alone', () => {
    withMemory({ name: newName(), create: true, size: 5000 }, ({ name }) => {
      const { mode, size } = statSync(`${SHM}/${name}`);
      assert.equal(mode & 0o777, 0o600);
      assert.equal(size, 5000);
    });
  });

  it('has a name that nobody guesses when it was given none', () => {
    withMemory({ create: true, size: 1 }, ({ name }) => {
      assert.match(name, /^manycore_[0-9a-f-]{36}$/);
      assert.ok(isThere(name));
    });
  });

  it('is made once', () => {
    withMemory({ name: newName(), create: true, size: 10 }, ({ name }) => {
      assert.throws(() => new SharedMemory({ name, create: true, size: 10 }), { code: 'EEXIST' });
      new SharedMemory({ name }).close();
    });
  });

  it('cannot be attached to when it is not there, or no segment', () => {
    assert.throws(() => new SharedMemory({ name: newName() }), { code: 'ENOENT' });
    const name = newName();
    writeFileSync(`${SHM}/${name}`, '');
    assert.throws(() => new SharedMemory({ name }), { code: 'EINVAL' });
    writeFileSync(`${SHM}/${name}`, 'x');
    withMemory({ name }, (memory) => assert.equal(new Uint8Array(memory.buffer)[0], 120));
  });

  it('refuses names and sizes that are none', () => {
    for (const name of ['', '.', '..', 'a/b', '/a', 'a\0', 'x'.repeat(300), 5 as never])
      assert.throws(() => new SharedMemory({ name, create: true, size: 1 }), TypeError);
    assert.throws(() => new SharedMemory({}), TypeError);
    assert.throws(() => new SharedMemory({ create: true }), TypeError);
    for (const size of [0, -1, 0.5, Number.NaN])
      assert.throws(() => new SharedMemory({ create: true, size }), RangeError);
  });

  it('takes odd names', () => {
    withMemory({ name: `${newName()} "$(x)' \n *é`, create: true, size: 1 }, ({ name }) => {
      new SharedMemory({ name }).close();
    });
  });

  it('says what to do when there is no room, and leaves nothing', () => {
    const name = newName();
    assert.throws(() => new SharedMemory({ name, create: true, size: 2 ** 52 }), {
      code: 'ENOSPC',
      syscall: 'posix_fallocate',
      message: /no room for 4503599627370496 bytes .*remount,size.*--shm-size/,
    });
    assert.ok(!isThere(name));
  });

  it('has no buffer after close, which may be called again', () => {
    const memory = new SharedMemory({ create: true, size: 8 });
    memory.unlink();
    memory.close();
    memory.close();
    assert.throws(() => memory.buffer, { name: 'ManycoreError', message: /was closed/ });
    assert.throws(() => memory.unlink(), { code: 'ENOENT' });
  });

  it('lives on without its name until it is closed', () => {
    const memory = new SharedMemory({ create: true, size: 8 });
    memory.unlink();
    assert.ok(!isThere(memory.name));
    new Uint8Array(memory.buffer)[0] = 1;
    assert.equal(new Uint8Array(memory.buffer)[0], 1);
    memory.close();
  });
});
