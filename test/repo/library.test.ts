import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

describe('the packed library', () => {
  let project: string;
  let installed: string;
  let archive: string;

  const node = (...args: string[]): string =>
    execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', timeout: 60_000 });

  before(() => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'pipe' });
    project = mkdtempSync(join(tmpdir(), 'manycore-library-'));
    const packed = execFileSync('npm', ['pack', '--pack-destination', project], {
      cwd: join(ROOT, 'runtime'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    });
    installed = join(project, 'node_modules', 'manycore');
    mkdirSync(installed, { recursive: true });
    archive = join(project, packed.trim().split('\n').at(-1) ?? '');
    execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', installed]);
    // Its only dependency, and what the compiler needs: the rest of this checkout is out of reach.
    for (const name of ['esbuild', '@esbuild', '@types', 'undici-types']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'junction');
    }
    writeFileSync(join(project, 'package.json'), '{ "name": "stranger", "type": "module" }');
  });

  after(() => rmSync(project, { recursive: true, force: true }));

  it('holds every file that its manifest names, and no source', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const named = JSON.stringify([manifest.exports, manifest.bin]).match(/\.\/[\w./-]+\.\w+/g) ?? [];
    for (const file of named) assert.ok(readFileSync(join(installed, file)).length > 0, file);
    assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  it('has these files in its dist, and nothing else', () => {
    const files = readdirSync(join(installed, 'dist'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(join(installed, 'dist'), join(parentPath, name)))
      .map((file) => file.replaceAll('\\', '/').replace(/-part-\w+\./, '-part-HASH.'))
      .map((file) => file.replace(/^(types|libraries)\/.*(\.d\.c?ts)$/, '$1/*$2'));
    const code = [
      ...['analysis.cjs', 'call-task.js', 'child.js', 'cli-part-HASH.js', 'cli.js', 'engine.js', 'index.cjs'],
      'index.js',
      ...['job-host.js', 'lint.js', 'mcp.js', 'task.js'],
    ];
    const maps = code.filter((file) => file !== 'analysis.cjs').map((file) => `${file}.map`);
    const others = ['ThirdPartyNotices.txt', 'libraries/*.d.ts', 'types/*.d.cts', 'types/*.d.ts'];
    assert.deepEqual([...new Set(files)].sort(), [...code, ...maps, ...others].sort());
  });

  it('is within its budget', async () => {
    const { packageBudget } = await import('../../scripts/package.mjs');
    const { size } = statSync(archive);
    assert.ok(size <= (packageBudget('npm') ?? 0), `${archive} has ${size} bytes: see scripts/budgets.json`);
  });

  it('runs a pool for a program that imports it', () => {
    writeFileSync(
      join(project, 'esm.mjs'),
      `import { isMainProcess, Pool } from 'manycore';
       export const double = (item) => item * 2;
       if (isMainProcess) {
         const pool = new Pool(2);
         console.log(JSON.stringify(await pool.map(double, [1, 2, 3])));
         await pool.terminate();
       }`,
    );
    assert.deepEqual(JSON.parse(node('esm.mjs')), [2, 4, 6]);
  });

  it('runs a pool for a program that requires it', () => {
    writeFileSync(
      join(project, 'common.cjs'),
      `const { isMainProcess, Pool } = require('manycore');
       exports.double = function double(item) { return item * 2; };
       async function main() {
         const pool = new Pool(2);
         console.log(JSON.stringify(await pool.map(exports.double, [1, 2, 3])));
         await pool.terminate();
       }
       if (isMainProcess) main();`,
    );
    assert.deepEqual(JSON.parse(node('common.cjs')), [2, 4, 6]);
  });

  it('has types for both kinds of module, which check without skipLibCheck', () => {
    const text = `import { Pool } from 'manycore';
      import { type EnginePool, openPool } from 'manycore/engine';
      export async function run(): Promise<readonly string[]> {
        const pool = new Pool(2);
        const lengths: number[] = await pool.map((text: string) => text.length, ['a']);
        return lengths.map(String);
      }
      export async function far(): Promise<number> {
        await using pool: EnginePool = await openPool('redis://127.0.0.1:6379');
        return pool.apply(Math.abs, [1]);
      }\n`;
    writeFileSync(join(project, 'esm.mts'), text);
    writeFileSync(join(project, 'common.cts'), text);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    node(tsc, ...flags, '--lib', 'es2023,esnext.disposable', 'esm.mts', 'common.cts');
  });

  it('says what to install when an engine is named without its packages', () => {
    writeFileSync(
      join(project, 'engine.mjs'),
      `import { isMainProcess, ManycoreError } from 'manycore';
       import { openPool } from 'manycore/engine';
       const error = await openPool('redis://127.0.0.1:1').catch((reason) => reason);
       console.log(error.code, error.hint);`,
    );
    assert.match(node('engine.mjs'), /ERR_MANYCORE_ENGINE Run: npm install bullmq@\S+ ioredis@\S+/);
  });

  it('brings a command that says its version', () => {
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    assert.equal(node(join(installed, 'dist/cli.js'), '--version').trim(), version);
  });
});
