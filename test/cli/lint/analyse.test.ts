import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyse } from '../../../src/cli/lint/analyse.ts';
import { replyFromCache } from '../../../src/cli/lint/known.ts';
import type { LintRequest } from '../../../src/cli/lint/protocol.ts';
import { WorkspaceFolder } from '../../server/client.ts';

const MAIN = `import { isMainProcess, Pool } from 'manycore';
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
const ALONE = `import { Pool } from 'manycore';

export const negate = (n: number): number => -n;
export const run = (pool: Pool): Promise<number> => pool.apply(negate, [1]);
`;

describe('lint, with what it keeps', () => {
  let folder: WorkspaceFolder;
  let request: LintRequest;
  beforeEach(() => {
    folder = new WorkspaceFolder({ 'main.ts': MAIN, 'double.ts': DOUBLE, 'alone.ts': ALONE });
    const cacheFile = path.join(folder.path, 'cache', 'lint-1.json');
    const common = { projects: [folder.path], wanted: [folder.path], rules: {}, fix: false };
    request = { ...common, cacheFile, edition: '1' };
  });
  afterEach(() => folder[Symbol.dispose]());

  const file = (name: string): string => path.join(folder.path, name);
  const analysed = async (more: Partial<LintRequest> = {}): Promise<number> =>
    (await analyse({ ...request, ...more })).stats.analysed;

  it('analyses again only what a change can have changed', async () => {
    assert.equal(await analysed(), 3);
    assert.equal(await analysed(), 0);
    folder.write('double.ts', DOUBLE.replace('2', '3'));
    assert.equal(await analysed(), 2, 'the file and what imports it');
    folder.write('alone.ts', ALONE.replace('1', '2'));
    assert.equal(await analysed(), 1);
    folder.write('more.ts', "import './alone.js';\n");
    assert.equal(await analysed(), 2, 'a new file and what it imports');
    folder.write(
      'tsconfig.json',
      readFileSync(file('tsconfig.json'), 'utf8').replace('"strict":true', '"strict":false'),
    );
    assert.equal(await analysed(), 4, 'other compiler options');
    folder.write('globals.d.ts', 'declare const wide: number;\n');
    assert.equal(await analysed(), 4, 'other declarations');
    assert.equal(await analysed({ edition: '2' }), 4, 'another analysis');
    assert.equal(await analysed({ edition: '2', cacheFile: null }), 4);
  });

  it('analyses again when a file that imports the same class registers it', async () => {
    folder.write(
      'account.ts',
      'export class Account {\n  balance = 1;\n  total(): number {\n    return this.balance;\n  }\n}\n',
    );
    folder.write(
      'bank.ts',
      `import type { Pool } from 'manycore';
import { Account } from './account.js';
export const total = (account: Account): number => account.total();
export const run = (pool: Pool): Promise<number> => pool.apply(total, [new Account()]);
`,
    );
    const lost = async (): Promise<string[]> =>
      (await analyse(request)).diagnostics.map(({ rule }) => rule).filter((rule) => rule.startsWith('lossy'));
    assert.deepEqual(await lost(), ['lossy-argument']);
    folder.write(
      'setup.ts',
      `import { registerClass } from 'manycore';
import { Account } from './account.js';
registerClass(Account, { toPlain: ({ balance }) => balance, fromPlain: () => new Account() });
`,
    );
    assert.deepEqual(await lost(), []);
    folder.write('setup.ts', "import 'manycore';\nimport './account.js';\n");
    assert.deepEqual(await lost(), ['lossy-argument']);
  });

  it('says the same from what is kept, without the compiler', async () => {
    const { diagnostics, rules } = await analyse(request);
    assert.equal(diagnostics.length, 1);
    const kept = replyFromCache(request);
    assert.deepEqual(kept?.diagnostics, diagnostics);
    assert.deepEqual(kept?.rules, rules);
    assert.equal(replyFromCache({ ...request, fix: true }), undefined, 'there is something to fix');
  });

  it('keeps what is known of files that are not asked for', async () => {
    const wanted = [file('alone.ts')];
    assert.equal(await analysed({ wanted: [file('double.ts')] }), 1);
    assert.equal(await analysed({ wanted }), 1);
    assert.equal(await analysed(), 1, 'only main.ts is left');
  });

  it('analyses again when a declaration outside of the workspace has changed', async () => {
    using library = new WorkspaceFolder({ 'lib.d.ts': 'export declare function get(): number;\n' });
    const settings = JSON.parse(readFileSync(file('tsconfig.json'), 'utf8'));
    settings.compilerOptions.paths['lib'] = [path.join(library.path, 'lib.d.ts')];
    folder.write('tsconfig.json', JSON.stringify(settings));
    folder.write('alone.ts', `import { get } from 'lib';\n${ALONE.replace('[1]', '[get()]')}`);
    assert.equal((await analyse(request)).diagnostics.length, 1);
    assert.equal(await analysed(), 0);
    library.write('lib.d.ts', 'export declare function get(): Promise<number>;\n');
    const { diagnostics, stats } = await analyse(request);
    assert.equal(stats.analysed, 3);
    assert.deepEqual(
      diagnostics.map(({ rule }) => rule),
      ['unserializable-argument', 'non-exported-worker-function'],
    );
  });

  it('ignores kept results that are damaged or of another format', async () => {
    const { diagnostics } = await analyse(request);
    const cache = request.cacheFile ?? '';
    const kept = readFileSync(cache, 'utf8');
    const damaged = [kept.slice(0, -10), 'null', '[]', kept.replace('"format":1', '"format":0')];
    for (const text of [...damaged, kept.replace(/"files":.*$/, '"files":{"x":1}}')]) {
      writeFileSync(cache, text);
      assert.equal(replyFromCache(request), undefined);
    }
    assert.deepEqual((await analyse(request)).diagnostics, diagnostics);
    assert.deepEqual(readdirSync(path.dirname(cache)), ['lint-1.json']);
  });

  it('does not write a file whose text changed while it was analysed', async () => {
    const { Analyser } = await import('../../../src/analysis/analyse.ts');
    const { fixAll } = await import('../../../src/cli/lint/fix-all.ts');
    const analyser = new Analyser({ roots: [folder.path] });
    const diagnose = async () => {
      const found = await analyser.diagnoseAll();
      folder.write('main.ts', `${MAIN}// typed meanwhile\n`);
      return found;
    };
    const { made, left } = await fixAll(analyser, diagnose);
    assert.deepEqual(made, []);
    assert.deepEqual(left, [{ file: file('main.ts'), reason: 'its text changed while it was analysed' }]);
    assert.equal(readFileSync(file('main.ts'), 'utf8'), `${MAIN}// typed meanwhile\n`);
    assert.deepEqual(readdirSync(folder.path).sort(), ['alone.ts', 'double.ts', 'main.ts', 'tsconfig.json']);
  });
});
