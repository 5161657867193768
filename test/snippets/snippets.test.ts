import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as library from '../../runtime/index.ts';
import { Analyser } from '../../src/analysis/analyse.ts';
import { TypeCheck } from '../analysis/type-check.ts';
import { expand, ROOT, readSnippets } from './snippets.ts';

const typescript = readSnippets('snippets/typescript.code-snippets');
const javascript = readSnippets('snippets/javascript.code-snippets');

/** What a program prints by itself, its lines in any order. */
const outputs: Readonly<Record<string, readonly string[]>> = {
  mcMap: ['[ 1, 4, 9, 16 ]'],
  mcImapUnordered: ['1', '4', '9', '16'],
  mcApplyAsync: ['1', '4', '9', '16'],
  mcInitializer: ['[ 9, 900, 90000 ]'],
  mcTimeout: ['[ 1, 4, 9, 16 ]'],
  mcFutures: ['1', '4', '9', '16'],
  mcRunMain: ['Hello Ada'],
  mcQueue: ['1', '2', '3', '4'],
  mcPipe: ['49'],
  mcValue: ['4000'],
  mcShareableList: ["[ 'changed', 42, true ]"],
  mcManager: ['2 3'],
  mcManagerClass: ['20'],
  mcCondition: ['3'],
  mcRegisterClass: ['[ 5, 13 ]'],
};

describe('the snippets', () => {
  let folder: string;
  before(() => {
    const cache = path.join(ROOT, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    // Below the repository, so that the library is found as in a user's project.
    folder = mkdtempSync(path.join(cache, 'snippets-'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
    const paths = { manycore: [path.join(ROOT, 'runtime/index.ts')] };
    const shared = { extends: path.join(ROOT, 'tsconfig.json'), exclude: [] };
    // As JavaScript is checked where a project does not say how.
    const plain = {
      strict: false,
      noPropertyAccessFromIndexSignature: false,
      noUncheckedIndexedAccess: false,
    };
    for (const [language, compilerOptions] of [
      ['ts', { paths, target: 'esnext' }],
      ['js', { ...plain, paths, target: 'es2022', allowJs: true, checkJs: true }],
    ] as const) {
      mkdirSync(path.join(folder, language));
      const config = { ...shared, compilerOptions, include: [`*.${language}`] };
      writeFileSync(path.join(folder, language, 'tsconfig.json'), JSON.stringify(config));
      for (const snippet of Object.values(language === 'ts' ? typescript : javascript))
        writeFileSync(path.join(folder, language, `${snippet.prefix}.${language}`), expand(snippet));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (prefix: string, language: 'ts' | 'js'): string =>
    path.join(folder, language, `${prefix}.${language}`);

  it('are offered in each of the languages whose functions can be run', () => {
    const { contributes } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    assert.deepEqual(contributes.snippets, [
      { language: 'typescript', path: './snippets/typescript.code-snippets' },
      { language: 'typescriptreact', path: './snippets/typescript.code-snippets' },
      { language: 'javascript', path: './snippets/javascript.code-snippets' },
      { language: 'javascriptreact', path: './snippets/javascript.code-snippets' },
    ]);
  });

  it('are the same in TypeScript and JavaScript, each with a prefix of its own', () => {
    const heads = (all: typeof typescript): string[][] =>
      Object.entries(all).map(([name, { prefix, description }]) => [name, prefix, description]);
    assert.deepEqual(heads(javascript), heads(typescript));
    const prefixes = Object.values(typescript).map(({ prefix }) => prefix);
    assert.equal(new Set(prefixes).size, prefixes.length);
    for (const prefix of prefixes) assert.match(prefix, /^mc[A-Z]\w+$/);
  });

  it('show every class of the library that a program makes', () => {
    const text = Object.values(typescript).map(expand).join('\n');
    // What is made by others, or is the same as one that is shown in everything but a detail.
    const others =
      /Error$|^(AsyncResult|Future|Connection|RLock|BoundedSemaphore|SharedMemoryManager|Raw\w+)$/;
    const made = Object.entries(library).filter(([name]) => /^[A-Z]/.test(name) && !others.test(name));
    assert.ok(made.length > 15);
    assert.deepEqual(
      made.map(([name]) => name).filter((name) => !new RegExp(`\\b${name}\\b.*from 'manycore'`).test(text)),
      [],
    );
  });

  for (const language of ['ts', 'js'] as const) {
    it(`fit the library's types, in ${language}`, () => {
      const prefixes = Object.values(typescript).map(({ prefix }) => prefix);
      const check = new TypeCheck(path.join(folder, language, 'tsconfig.json'));
      assert.deepEqual(check.errors(prefixes.map((prefix) => fileOf(prefix, language))), []);
    });

    it(`have nothing that the diagnostics would tell, in ${language}`, async () => {
      const analyser = new Analyser({ roots: [path.join(folder, language)] });
      assert.equal(analyser.candidates.length, Object.keys(typescript).length);
      const found = await analyser.diagnoseAll();
      assert.deepEqual(
        found.map((one) => `${path.basename(one.file)}:${one.line} ${one.rule}: ${one.message}`),
        [],
      );
    });
  }

  for (const [prefix, lines] of Object.entries(outputs)) {
    it(`${prefix} runs as it is`, async () => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [fileOf(prefix, 'js')], {
        cwd: folder,
      });
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trimEnd().split('\n').sort(), [...lines].sort());
    });
  }
});
