import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
const isText = (file: string): boolean => !/\.(png|jpe?g|gif|ico|gz|zst|parquet|arrow|lz4|wasm)$/.test(file);
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
/** Written in two parts, so that this file does not hold what it looks for. */
const word = (...parts: string[]): RegExp => new RegExp(parts.join(''), 'i');

describe('the text of the repository', () => {
  for (const [what, pattern] of [
    [
      'a path of the machine that it was written on',
      word('(^|[\\s"\'`(=])/wo', 'rk/(main|shared)|/tmp/te', 'am'),
    ],
    ['the host of a package registry', word('registry\\.npm', 'js\\.org|registry\\.yarn', 'pkg\\.com')],
    ['an unfinished thought', word('(//|/\\*|<!--|#) *(TO', 'DO|FIX', 'ME)')],
  ] as const) {
    it(`does not hold ${what}`, () => {
      const found = tracked.filter((file) => isText(file) && pattern.test(read(file)));
      assert.deepEqual(found, []);
    });
  }

  it('has a lockfile that names no place to download from', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const named = Object.entries(packages).filter(
      ([, { resolved, link }]) => resolved !== undefined && !link,
    );
    assert.deepEqual(named, []);
  });

  it('has a lockfile with the binaries of every platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const paths = Object.keys(packages);
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    assert.deepEqual(missing, []);
  });
});

describe('the documents', () => {
  const documents = tracked.filter(
    (file) => file.endsWith('.md') && !file.startsWith('test/') && !file.startsWith('node_modules/'),
  );

  for (const file of documents) {
    it(`${file} links only to what is there`, () => {
      const links = [...read(file).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
      const broken = links.filter(
        (link) => !/^[a-z]+:/.test(link) && !existsSync(resolve(ROOT, dirname(file), link)),
      );
      assert.deepEqual(broken, []);
    });
  }

  it('name only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
        ([, run, own]) => run ?? own ?? '',
      ),
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it('and every script of package.json has its file', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const files = Object.values(scripts).flatMap((script) => script.match(/scripts\/[\w/-]+\.mjs/g) ?? []);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
  });
});
