import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, storeBundle } from '../../../src/job/loader/cache.ts';

describe('the cache of bundles', () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'manycore-cache-test-'));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));
  const store = (code: string) => storeBundle(cache, 'score.ts', { code, map: '{}' });

  it('writes the same content once, beside its map', () => {
    const [first, second] = [store('a\n'), store('a\n')];
    assert.equal(first.file, second.file);
    assert.equal(readFileSync(first.file, 'utf8'), 'a\n//# sourceMappingURL=score.ts.mjs.map\n');
    assert.equal(readFileSync(`${first.file}.map`, 'utf8'), '{}');
    assert.equal(readdirSync(join(cache, 'bundles')).length, 1);
  });

  it('keeps a bounded number, and those that are held', () => {
    const held = store('held\n');
    for (let i = 0; i < 40; i++) store(`${i}\n`).release();
    assert.equal(readdirSync(join(cache, 'bundles')).length, 31);
    assert.ok(existsSync(held.file));
    held.release();
    for (let i = 40; i < 80; i++) store(`${i}\n`).release();
    assert.ok(!existsSync(held.file));
  });

  it('lies in a folder that only the user can write', () => {
    const folder = cacheFolder({ XDG_CACHE_HOME: cache });
    assert.equal(statSync(folder).mode & 0o077, 0);
  });
});
