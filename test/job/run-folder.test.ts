import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunFolder, writeWhole } from '../../src/job/run-folder.ts';

describe('run folder', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'manycore-folder-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  it('is new for every run, and kept out of version control', () => {
    const options = { cwd, exportName: 'Name.fn', startedAt: Date.UTC(2026, 0, 31, 12) };
    const [first, second] = [createRunFolder(options), createRunFolder(options)];
    assert.notEqual(first.path, second.path);
    assert.match(first.path, /2026-01-31-120000-Name\.fn$/);
    assert.equal(readFileSync(join(cwd, '.manycore', '.gitignore'), 'utf8'), '*\n');
  });

  it('is never shared with a run that is there', () => {
    const options = { cwd, runDir: 'here', exportName: 'f', startedAt: 0 };
    createRunFolder(options);
    assert.throws(() => createRunFolder(options), { code: 'ERR_MANYCORE_RUN_DIR', exitCode: 2 });
  });

  it('is refused with what to do where it cannot be made', () => {
    writeFileSync(join(cwd, 'file'), '');
    assert.throws(() => createRunFolder({ cwd, runDir: 'file/run', exportName: 'f', startedAt: 0 }), {
      code: 'ERR_MANYCORE_WRITE',
      exitCode: 2,
    });
  });

  it('replaces a file whole and leaves nothing else behind', () => {
    const file = join(cwd, 'run.json');
    writeWhole(file, 'one');
    writeWhole(file, 'two');
    assert.equal(readFileSync(file, 'utf8'), 'two');
    assert.deepEqual(readdirSync(cwd), ['run.json']);
  });

  it('keeps the old file when the new one cannot be written', function () {
    if (process.getuid?.() === 0 || process.platform === 'win32') this.skip();
    const file = join(cwd, 'run.json');
    writeWhole(file, 'one');
    chmodSync(cwd, 0o500);
    assert.throws(() => writeWhole(file, 'two'), { code: 'ERR_MANYCORE_WRITE' });
    chmodSync(cwd, 0o700);
    assert.ok(existsSync(file));
  });
});
