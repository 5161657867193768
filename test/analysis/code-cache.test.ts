import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = new URL('../../src/analysis/code-cache.ts', import.meta.url).href;
const PROGRAM = `(function (exports, require, module, __filename) {
const { basename } = require('node:path');
module.exports = { name: basename(__filename), twice: (text) => text + text };
})`;

describe('the code cache', function () {
  this.timeout(60_000);
  let folder = '';
  let program = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-code-'));
    program = join(folder, 'program.cjs');
    writeFileSync(program, PROGRAM);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('loads a program and keeps its code for the next process, which takes it', () => {
    assert.equal(load(), 'program.cjs äöäö');
    const [kept = ''] = caches();
    const { ino } = statSync(kept);
    assert.equal(load(), 'program.cjs äöäö');
    assert.deepEqual(caches(), [kept]);
    assert.equal(statSync(kept).ino, ino, 'code that was taken is not written again');
  });

  it('does not take code that is damaged, and replaces it', () => {
    load();
    const [kept = ''] = caches();
    const good = readFileSync(kept);
    const damaged = Buffer.from(good);
    damaged.fill(0xff, good.length >> 1);
    writeFileSync(kept, damaged);
    assert.equal(load(), 'program.cjs äöäö');
    assert.notDeepEqual(readFileSync(kept), damaged);
  });

  it('does not take the code of another program of the same length', () => {
    load();
    writeFileSync(program, PROGRAM.replace('text + text', 'text + "--"'));
    assert.equal(load(), 'program.cjs äö--');
    assert.equal(caches().length, 2);
  });

  it('loads the program where nothing can be kept', () => {
    writeFileSync(join(folder, 'cache'), 'a file in the place of the folder');
    assert.equal(load(), 'program.cjs äöäö');
  });

  function load(): string {
    const script = `const { keepCode, loadCached } = await import(${JSON.stringify(MODULE)});
      const { name, twice } = loadCached(${JSON.stringify(program)});
      console.log(name, twice('äö'));
      keepCode();`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
    return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trim();
  }

  const caches = (): string[] =>
    readdirSync(join(folder, 'cache', 'manycore'))
      .filter((name) => name.startsWith('code-'))
      .map((name) => join(folder, 'cache', 'manycore', name));
});
