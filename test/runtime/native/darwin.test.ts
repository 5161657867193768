/** What can be tried elsewhere of the code for macOS: layouts, and memory in files with the C library of this system. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  addressWaiting,
  darwin,
  fileMemory,
  preallocation,
  preallocator,
  startByPs,
  startIn,
} from '../../../runtime/native/darwin.ts';
import type { Foreign } from '../../../runtime/native/foreign.ts';
import { type Libc, libc } from '../../../runtime/native/libc.ts';
import type { Memory, Place } from '../../../runtime/native/system.ts';
import { eventually } from '../processes.ts';

const functions = libc() as Libc;
const EINVAL = 22;

describe('the code for macOS', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-darwin-test-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('asks for pages with a fstore_t of 32 bytes', () => {
    const store = preallocation(5 * 2 ** 32 + 7);
    assert.equal(store.length, 32);
    assert.deepEqual([...new Uint32Array(store.buffer)], [4, 3, 0, 0, 7, 5, 0, 0]);
  });

  it('reads the start of a process from its proc_bsdinfo', () => {
    const info = new Uint8Array(136).fill(0xff);
    info.set([0x21, 0x43, 0x65, 0x07, 0, 0, 0, 0], 120);
    assert.equal(startIn(info), 0x07654321);
  });

  it('asks ps for it without koffi', () => {
    const start = startByPs(process.pid) as number;
    assert.equal(startByPs(process.pid), start);
    // The clock of the kernel that ps reads has whole seconds.
    assert.ok(Math.abs(Date.now() / 1000 - process.uptime() - start) < 5, `${start}`);
    assert.equal(startByPs(2 ** 22 + 1), undefined);
  });

  it('says so where there is no way of waiting, as in this C library', function () {
    if (process.platform === 'darwin') this.skip();
    assert.throws(() => addressWaiting(functions), {
      name: 'SharedMemoryUnavailableError',
      message: /macOS 10\.15/,
    });
  });

  it('reaches fcntl with a structure, and hands on its error', function () {
    if (process.platform !== 'linux') this.skip();
    const fd = openSync(join(folder, 'file'), 'w');
    assert.equal(preallocator(functions)(fd, 100), EINVAL);
    closeSync(fd);
  });

  it('takes the lock of a segment without the program flock', async () => {
    const path = join(folder, 'locked');
    writeFileSync(path, '');
    const flock = functions.declare<(fd: number, operation: number) => number>(
      'int flock(int fd, int operation)',
    );
    const fd = openSync(path, 'r');
    const shell = spawn(
      '/bin/sh',
      ['-c', `( ${darwin.guard?.lock} && echo have && read line ) 9< "$0"`, path],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    let output = '';
    shell.stdout.on('data', (text: Buffer) => {
      output += text;
    });
    const ended = new Promise((resolve) => shell.once('close', resolve));
    assert.ok(await eventually(() => output === 'have\n'));
    assert.equal(flock(fd, 1 | 4), -1);
    shell.stdin.end('\n');
    await ended;
    assert.equal(flock(fd, 1 | 4), 0);
    closeSync(fd);
  });
});

describe('memory in files that have a path from the start', () => {
  let folder: string;
  let number = 0;
  let memory: Memory;
  const place: Place = (make) => {
    for (;;) {
      const path = join(folder, `${process.pid}-${++number}`);
      if (make(path)) return path;
    }
  };
  const latest = () => join(folder, `${process.pid}-${number}`);
  const bytes = (handle: number, size: number) => new Uint8Array(memory.view(memory.map(handle, size), size));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-darwin-test-'));
    memory = fileMemory(functions, reserveHere(functions));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is the same for all who open it by its path, and stays after its handle', () => {
    const handle = memory.create(5000, place);
    const mine = bytes(handle, 5000);
    assert.ok(mine.every((byte) => byte === 0));
    const path = memory.name(handle, place);
    memory.keep(handle);
    mine[4999] = 7;
    const opened = memory.open(path, false);
    assert.equal(opened.size, 5000);
    assert.equal(bytes(opened.handle, opened.size)[4999], 7);
    memory.keep(opened.handle);
    assert.ok(existsSync(path));
  });

  it('is gone with its handle when it was never named, and passes over paths that are taken', () => {
    writeFileSync(join(folder, `${process.pid}-${number + 1}`), 'taken');
    const handle = memory.create(10, place);
    const path = latest();
    assert.ok(existsSync(path));
    memory.close(handle);
    assert.ok(!existsSync(path));
  });

  it('gets a chosen name once, is used until all have closed it, and is removed by its id', () => {
    const path = join(folder, 'chosen');
    const handle = memory.create(10, place, path);
    const first = latest();
    memory.use(handle);
    assert.equal(memory.nameAs(handle, path), true);
    assert.ok(!existsSync(first));
    const other = memory.create(10, place, path);
    assert.equal(memory.nameAs(other, path), false);
    memory.close(other);

    const opened = memory.open(path, true);
    assert.equal(opened.id, memory.idOf(handle));
    assert.equal(memory.isUnused(opened.handle), false);
    memory.close(handle);
    assert.equal(memory.isUnused(opened.handle), true);
    memory.close(opened.handle);
    assert.throws(() => memory.remove(path, opened.id + 1n), { code: 'ENOENT' });
    memory.remove(path, opened.id);
    assert.throws(() => memory.open(path, true), { code: 'ENOENT' });
  });

  it('leaves nothing where there is no room', () => {
    const full = fileMemory(functions, () => EINVAL);
    assert.throws(() => full.create(10, place), { code: 'EINVAL', syscall: 'fcntl' });
    assert.ok(!existsSync(latest()));
  });
});

/** As `fcntl` does on macOS. */
function reserveHere({ declare }: Foreign): (fd: number, size: number) => number {
  const fallocate = declare<(fd: number, offset: number, size: number) => number>(
    'int posix_fallocate(int fd, int64_t offset, int64_t size)',
  );
  return (fd, size) => fallocate(fd, 0, size);
}
