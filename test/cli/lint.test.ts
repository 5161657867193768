import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WorkspaceFolder } from '../server/client.ts';
import { bundleLint } from './bundle.ts';
import { assertSarif } from './sarif.ts';

const UNEXPORTED = `import { isMainProcess, Pool } from 'manycore';
import { double } from './double.js';

function square(n: number): number {
  return double(n) * n;
}

if (isMainProcess) {
  await using pool = new Pool();
  console.log(await pool.map(square, [1, 2, 3]));
}
`;
const DOUBLE = 'export const double = (n: number): number => 2 * n;\n';
const CLEAN = UNEXPORTED.replace('function', 'export function');
const UNRELATED = 'export const answer = 42;\n';
const RULE = 'non-exported-worker-function';

describe('manycore lint', () => {
  let command: string;
  let folder: WorkspaceFolder;
  /** A workspace with a `node_modules`, where the results are kept: most of what follows is answered from them. */
  before(async () => {
    folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED, 'double.ts': DOUBLE, 'note.txt': '' });
    mkdirSync(join(folder.path, 'node_modules'));
    command = await bundleLint();
  });
  after(() => {
    folder[Symbol.dispose]();
    rmSync(command, { recursive: true, force: true });
  });

  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function lint(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [join(command, 'cli.js'), 'lint', ...args], {
      cwd: folder.path,
      env: { ...process.env, NO_COLOR: '1', CI: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const printed = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed.stderr += text;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...printed })));
  }

  it('shows each finding with its line, and exits with 1', async () => {
    const { code, stdout, stderr } = await lint();
    assert.equal(stderr, '');
    assert.equal(code, 1);
    assert.match(stdout, /^main\.ts:10:30 {2}error {2}non-exported-worker-function\n/);
    assert.match(stdout, / {4}10 \| {3}console\.log\(await pool\.map\(square, .*\n {7}\| {30}\^{6}\n/);
    assert.match(stdout, /docs\/rules\/non-exported-worker-function\.md {2}\(--fix mends it\)/);
    assert.match(stdout, /1 error in 1 file; --fix mends 1\. 2 files of 2 use manycore/);
  });

  it('prints JSON with positions from 1 and paths relative to where it runs', async () => {
    const { stdout } = await lint('--format', 'json', 'main.ts');
    const { message, related, ...rest } = JSON.parse(stdout).diagnostics[0];
    assert.match(message, /NotImportableError/);
    assert.equal(related[0].file, 'main.ts');
    assert.deepEqual(rest, {
      ...{ file: 'main.ts', line: 10, column: 30, endLine: 10, endColumn: 36 },
      ...{ rule: RULE, category: 'unserializable', severity: 'error', fixable: true },
      ...{ path: 'square', chain: ['square runs in workers through pool.map'] },
    });
    assert.deepEqual(Object.keys(JSON.parse(stdout)), ['version', 'diagnostics']);
  });

  it('prints SARIF 2.1.0, with the rules also where nothing was found', async () => {
    const found = assertSarif(JSON.parse((await lint('--format', 'sarif')).stdout));
    assert.equal(found.results.length, 1);
    assert.equal(found.results[0]?.ruleId, RULE);
    assert.equal(found.results[0]?.level, 'error');
    assert.equal(found.results[0]?.fixes?.length, 1);
    assert.ok(found.results[0]?.relatedLocations?.length);
    const none = assertSarif(JSON.parse((await lint('--format', 'sarif', 'double.ts')).stdout));
    assert.equal(none.results.length, 0);
    assert.deepEqual(none.rules, found.rules);
    assert.throws(
      () => assertSarif({ version: '2.1.0', runs: [{ tool: { driver: {} } }] }),
      /driver: .*'name'/,
    );
  });

  it('prints annotations for GitHub, escaped', async () => {
    const { stdout } = await lint('--format', 'github');
    assert.match(
      stdout,
      /^::error file=main\.ts,line=10,endLine=10,col=30,endColumn=36,title=non-exported-worker-function::`square` runs .*\n$/,
    );
  });

  it('takes the severity of a rule from the command line', async () => {
    assert.equal((await lint('--rule', `${RULE}=off`)).code, 0);
    assert.equal((await lint('--rule', `${RULE}=hint`)).code, 0);
    assert.match((await lint('--rule', `${RULE}=hint`)).stdout, /1 hint in 1 file/);
    assert.match((await lint('--rule', `${RULE}=hint`, '--no-hints')).stdout, /^No findings/);
    assert.equal((await lint('--rule', `${RULE}=warn`)).code, 1);
    assert.equal((await lint('--rule', `${RULE}=warning`, '--max-warnings', '1')).code, 0);
    assert.equal((await lint('--rule', `${RULE}=off`, '--fix')).stderr, '');
  });

  it('refuses what it does not know', async () => {
    for (const [args, message] of [
      [['--rule', 'nothing=off'], /--rule nothing: there is no such rule.*\n.*non-exported/],
      [['--rule', `${RULE}=loud`], /Give a rule and off, hint, warning, error/],
      [['nowhere'], /nowhere: there is no such file or folder/],
      [['*.jsx'], /\*\.jsx: no TypeScript or JavaScript file matches/],
      [['note.txt'], /note\.txt is no TypeScript or JavaScript file/],
      [['--format', 'xml'], /pretty, json, sarif, github/],
    ] as const) {
      const { code, stdout, stderr } = await lint(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
  });

  it('mends what it safely can, and says so', async () => {
    const { code, stdout, stderr } = await lint('--fix');
    assert.equal(stderr, 'fixed main.ts: Export `square`\n');
    assert.match(stdout, /^No findings: 2 files of 2/);
    assert.equal(code, 0);
    assert.equal(readFileSync(join(folder.path, 'main.ts'), 'utf8'), CLEAN);
    assert.deepEqual(readdirSync(folder.path).sort(), [
      'double.ts',
      'main.ts',
      'node_modules',
      'note.txt',
      'tsconfig.json',
    ]);
  });

  it('says what it read where nothing concerns the package', async () => {
    folder.write('main.ts', UNRELATED);
    const { code, stdout } = await lint();
    assert.equal(stdout, 'Read 2 files: none of them uses the package manycore.\n');
    assert.equal(code, 0);
  });
});
