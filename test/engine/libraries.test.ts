import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../cli/bundle.ts';
import { readRows } from '../job/harness.ts';
import { Cluster, type Ended } from './harness.ts';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const WORK = 'export const double = (item) => item * 2;\n';

/** Installs what `installed` says into the `node_modules` of a folder: a package of this repository, or one with this text. */
function install(folder: string, installed: Readonly<Record<string, string | Fake>>): void {
  const home = join(folder, 'node_modules');
  mkdirSync(home, { recursive: true });
  for (const [name, what] of Object.entries(installed)) {
    if (typeof what === 'string') symlinkSync(what, join(home, name), 'junction');
    else {
      mkdirSync(join(home, name));
      writeFileSync(join(home, name, 'package.json'), JSON.stringify({ name, version: what.version }));
      if (what.code !== undefined) writeFileSync(join(home, name, 'index.js'), what.code);
    }
  }
}

interface Fake {
  readonly version: string;
  readonly code?: string;
}

const real = (name: string): string => realpathSync(join(PACKAGES, name));
const both = { bullmq: real('bullmq'), ioredis: real('ioredis') };

describe('the packages of an engine, for a command that lies elsewhere', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  let home = '';
  let projects = 0;
  before(async () => {
    cluster = new Cluster();
    await cluster.open();
    await cluster.hosts(1);
    // As an extension has it: nothing but esbuild beside the command.
    home = realpathSync(mkdtempSync(join(tmpdir(), 'manycore-elsewhere-')));
    const command = await bundleCommand();
    cpSync(command, join(home, 'dist'), { recursive: true });
    rmSync(command, { recursive: true });
    install(join(home, 'dist'), { esbuild: real('esbuild') });
  });
  after(async () => {
    await cluster.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** A folder with a job on the engine. */
  function project(installed: Readonly<Record<string, string | Fake>>): string {
    const folder = join(home, `project-${++projects}`);
    install(folder, installed);
    writeFileSync(join(folder, 'work.mjs'), WORK);
    mkdirSync(join(folder, '.vscode'));
    const job = { function: 'work.mjs#double', data: 'range:0:5', baseline: 'off', engine: cluster.url };
    writeFileSync(
      join(folder, '.vscode', 'manycore.json'),
      JSON.stringify({ version: 1, jobs: { doubles: job } }),
    );
    return folder;
  }

  /** What a task of VS Code runs. */
  async function runJob(cwd: string): Promise<Ended> {
    const args = [join(home, 'dist', 'cli.js'), 'run', '--job', 'doubles', '--run-dir', 'run'];
    const env = { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: cluster.folder };
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
    return { code: await ended, output };
  }

  it('are those of the project', async () => {
    const folder = project(both);
    const { code, output } = await runJob(folder);
    assert.equal(code, 0, output);
    const values = readRows(join(folder, 'run')).map(({ value }) => Number(value));
    assert.deepEqual(values.sort(), [0, 2, 4, 6, 8]);
  });

  it('are those beside the command where the project has none that fit', async () => {
    rmSync(join(home, 'dist', 'node_modules'), { recursive: true });
    install(join(home, 'dist'), { esbuild: real('esbuild'), ...both });
    try {
      for (const installed of [{}, { bullmq: { version: '5.1.0', code: 'throw 1;' } }]) {
        const { code, output } = await runJob(project(installed));
        assert.equal(code, 0, output);
      }
    } finally {
      rmSync(join(home, 'dist', 'node_modules'), { recursive: true });
      install(join(home, 'dist'), { esbuild: real('esbuild') });
    }
  });

  const { bullmq } = both;
  const refusals: Record<string, [Readonly<Record<string, string | Fake>>, RegExp]> = {
    'are named where they are not installed': [{}, /needs the package bullmq, which is not installed/],
    'are named one by one': [{ bullmq }, /needs the package ioredis, which is not installed/],
    'are refused in another major version': [
      { ...both, bullmq: { version: '5.1.0', code: '' } },
      /needs bullmq 6\.\d+\.\d+, and \S+project-\d+\/node_modules\/bullmq\/index\.js is of version 5\.1\.0/,
    ],
    'that do not load are not called absent': [
      { ...both, bullmq: { version: '6.7.0', code: "throw new Error('built for another system');" } },
      /bullmq is installed, but \S+\/bullmq\/index\.js cannot be loaded: built for another system/,
    ],
    'that lack a package of their own are not called absent': [
      { ...both, bullmq: { version: '6.7.0', code: "require('no-such-package');" } },
      /bullmq is installed, but \S+ cannot be loaded: Cannot find module 'no-such-package'/,
    ],
    'that lack their own file are not called absent': [
      { bullmq, ioredis: { version: '6.0.0' } },
      /ioredis is installed, but \S+project-\d+\/node_modules\/ioredis cannot be loaded/,
    ],
  };
  for (const [title, [installed, message]] of Object.entries(refusals))
    it(title, async () => {
      const { code, output } = await runJob(project(installed));
      assert.equal(code, 3, output);
      assert.match(output, message);
      assert.match(output, /npm install bullmq@6\.\d+\.\d+ ioredis@/);
    });
});
