import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode, isNewEnough } from '../../../src/job/node/find-node.ts';

describe('findNode', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-node-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A folder with a program `node` that answers as that version. */
  const fakeNode = (name: string, version: string): string => {
    mkdirSync(join(folder, name));
    script(join(folder, name, 'node'), `echo v${version}`);
    return join(folder, name);
  };
  const script = (path: string, body: string): string => {
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('takes the chosen one before all others', async () => {
    symlinkSync(process.execPath, join(folder, 'chosen'));
    const found = await findNode({
      setting: './chosen',
      cwd: folder,
      env: { PATH: fakeNode('bin', '24.0.0') },
    });
    assert.deepEqual(found, {
      path: join(folder, 'chosen'),
      version: process.versions.node,
      reason: 'as chosen',
    });
  });

  it('refuses a chosen one that is too old, or no Node', async () => {
    const old = join(fakeNode('old', '18.20.0'), 'node');
    await assert.rejects(findNode({ setting: old, env: {} }), {
      code: 'ERR_MANYCORE_NODE',
      exitCode: 3,
      message: /is Node 18\.20\.0\. Manycore needs Node 20\.19\.0/,
    });
    await assert.rejects(findNode({ setting: './nothing', cwd: folder, env: {} }), /there is no such file/);
    const other = script(join(folder, 'other'), 'echo Python 3.12');
    await assert.rejects(findNode({ setting: other, env: {} }), /does not tell a version/);
  });

  it('takes the first on PATH', async () => {
    const [first, second] = [fakeNode('a', '22.1.0'), fakeNode('b', '24.0.0')];
    const found = await findNode({ env: { PATH: `${join(folder, 'empty')}:${first}:${second}` } });
    assert.deepEqual(found, { path: join(first, 'node'), version: '22.1.0', reason: 'first on PATH' });
  });

  it('asks the login shell when the one on PATH is too old', async () => {
    const [old, fresh] = [fakeNode('old', '18.0.0'), fakeNode('fresh', '24.2.0')];
    const shell = script(join(folder, 'shell'), `echo "Welcome!"; PATH=${fresh}:$PATH exec /bin/sh -c "$2"`);
    const found = await findNode({ env: { PATH: old, SHELL: shell } });
    assert.deepEqual(found, {
      path: join(fresh, 'node'),
      version: '24.2.0',
      reason: 'found by the login shell',
    });
  });

  it('tells what it found when nothing will do', async () => {
    const old = fakeNode('old', '16.0.0');
    await assert.rejects(findNode({ env: { PATH: old } }), /old\/node is Node 16\.0\.0\. Manycore needs/);
    await assert.rejects(findNode({ env: { PATH: folder } }), /No Node was found/);
  });

  it('compares versions by number', () => {
    const all = ['20.19.0', '20.20.1', '22.0.0', '100.0.0'].map(isNewEnough);
    assert.deepEqual(all, [true, true, true, true]);
    assert.deepEqual(['20.18.9', '20.9.0', '18.99.0'].map(isNewEnough), [false, false, false]);
  });
});
