import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environmentForNode } from '../../src/node/environment.ts';
import { findNode, isNewEnough, type NodeSearch } from '../../src/node/find-node.ts';

const ownFolder = dirname(process.execPath);

describe('the Node that runs the user’s code', function () {
  if (process.platform === 'win32') this.pending = true; // The stand-ins are shell scripts.
  let folder: string;
  let lines: string[];
  const program = (name: string, script: string): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const search = (more: Partial<NodeSearch>): NodeSearch => ({
    configured: '',
    cwd: folder,
    env: { PATH: '/bin:/usr/bin', SHELL: '/bin/false' },
    ownRuntime: process.execPath,
    log: (line) => lines.push(line),
    ...more,
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-node-'));
    lines = [];
    program('empty/nothing', '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the one of the setting, also relative to the folder', async () => {
    program('tools/node', `exec "${process.execPath}" "$@"`);
    const found = await findNode(search({ configured: 'tools/node' }));
    assert.deepEqual([found.path, found.version], [join(folder, 'tools/node'), process.versions.node]);
    assert.match(found.reason, /setting/);
  });

  it('is refused with the setting when that names no Node', async () => {
    await assert.rejects(findNode(search({ configured: 'none' })), {
      kind: 'chosen',
      message: /manycore\.node\.path/,
    });
    const other = program('other', 'echo hello');
    await assert.rejects(findNode(search({ configured: other })), /did not answer as Node does/);
  });

  it('is refused when it is too old, with what is needed', async () => {
    const old = program('old', 'echo "18.20.1 "');
    await assert.rejects(findNode(search({ configured: old })), {
      kind: 'too-old',
      message: /20\.19\.0 or newer.*old is 18\.20\.1/,
    });
  });

  it('is the first on PATH otherwise', async () => {
    const found = await findNode(search({ env: { PATH: `${join(folder, 'empty')}:${ownFolder}` } }));
    assert.equal(found.path, join(ownFolder, 'node'));
    assert.match(found.reason, /PATH/);
  });

  it('is what a login shell finds when PATH has none, or an old one only', async () => {
    const shell = program(
      'shell',
      `echo welcome; printf '%s' "_manycore_node_${process.execPath}_manycore_node_"`,
    );
    program('old/node', 'echo "18.0.0 "');
    for (const PATH of [join(folder, 'empty'), join(folder, 'old')]) {
      const found = await findNode(search({ env: { PATH, SHELL: shell } }));
      assert.equal(found.path, process.execPath);
      assert.match(found.reason, /login shell/);
    }
  });

  it('is VS Code’s own when nothing else exists, and says so', async () => {
    const found = await findNode(search({ env: { PATH: join(folder, 'empty'), SHELL: '' } }));
    assert.equal(found.path, process.execPath);
    assert.match(found.reason, /no other Node was found/);
  });

  it('is told to be missing where there is no last resort', async () => {
    const env = { PATH: join(folder, 'empty'), SHELL: '' };
    await assert.rejects(findNode(search({ env, ownRuntime: undefined })), {
      kind: 'none',
      message: /No Node was found/,
    });
  });

  it('is not VS Code’s own when there is one that is too old', async () => {
    program('old/node', 'echo "18.0.0 "');
    const env = { PATH: join(folder, 'old'), SHELL: '' };
    await assert.rejects(findNode(search({ env })), { kind: 'too-old' });
  });

  for (const [version, expected] of Object.entries({
    '20.19.0': true,
    '20.18.3': false,
    '20.20.0': true,
    '22.0.0': true,
    '9.99.0': false,
    '25.0.0-nightly': true,
  }))
    it(`${expected ? 'takes' : 'refuses'} ${version}`, () => assert.equal(isNewEnough(version), expected));
});

describe('the environment of the user’s Node', () => {
  it('has nothing that the editor set for itself', () => {
    const env = environmentForNode({ ELECTRON_RUN_AS_NODE: '1', VSCODE_IPC_HOOK: 'x', PATH: '/bin' });
    assert.deepEqual(env, { PATH: '/bin' });
  });
  it('keeps the options of the user, not the hook of the editor’s debugger', () => {
    const hook = '--require "/x/ms-vscode.js-debug/src/bootloader.js"';
    assert.deepEqual(environmentForNode({ NODE_OPTIONS: `--no-warnings ${hook}` }), {
      NODE_OPTIONS: '--no-warnings',
    });
    assert.deepEqual(environmentForNode({ NODE_OPTIONS: hook }), {});
    assert.deepEqual(environmentForNode({ VSCODE_NODE_OPTIONS: '--inspect' }), { NODE_OPTIONS: '--inspect' });
  });
});
