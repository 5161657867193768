import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencesOf, noticesText } from '../../scripts/notices.mjs';

const ROOT = join(import.meta.dirname, '../..');

/** A package inside of another one's own files, as the source maps of that one name it. */
const CARRIED = /\/\.pnpm\/[^/]*\/(node_modules\/(?:@[^/]+\/)?[^/]+)$/;
/** Part of the package that has it in its own files, and no package by itself. */
const INTERNAL = 'node_modules/@modelcontextprotocol/core-internal';

/** Folders of the packages that the source maps of the bundles in a folder name. */
function packagesBySourceMap(folder: string): string[] {
  const maps = readdirSync(folder).filter((file) => file.endsWith('.js.map') || file.endsWith('.cjs.map'));
  const sources = maps.flatMap(
    (file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { sources: string[] }).sources,
  );
  // The innermost of nested packages.
  const found = sources.map((source) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.[0]);
  return [...new Set(found)]
    .flatMap((each) => (each === undefined ? [] : [each.replace(/^(\.\.\/)+/, '')]))
    .filter((each) => each !== INTERNAL);
}

describe('the notices of third parties', () => {
  before(() => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'pipe' });
  });

  for (const folder of ['dist', 'runtime/dist']) {
    it(`beside the bundles in ${folder} have the licence of every package that is in them`, () => {
      const text = readFileSync(join(ROOT, folder, 'ThirdPartyNotices.txt'), 'utf8');
      const packages = packagesBySourceMap(join(ROOT, folder));
      assert.ok(packages.length > 10, `only ${packages.length} packages in the source maps`);
      for (const found of packages) {
        const home = join(ROOT, CARRIED.exec(found)?.[1] ?? found);
        const { name, version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
        assert.ok(text.includes(`\n${name} ${version} (`), `${name} ${version} is missing`);
        // The store of the one who carries it names the version that is carried.
        if (CARRIED.test(found))
          assert.ok(found.includes(`/${name}@${version}`), `${found} is not ${version}`);
        const licence = readdirSync(home).find((file) => /^licen[cs]e/i.test(file));
        // One that leaves its text out is under the licence of another one, whose text is there.
        const file =
          licence === undefined ? join(ROOT, 'node_modules/typescript/LICENSE') : join(home, licence);
        const own = readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
        assert.ok(text.includes(own), `the licence of ${name} is missing`);
      }
      assert.match(text, /\ntypescript 6\.\S+ \(Apache-2\.0\)\n/, 'which @ts-morph/common carries');
    });
  }

  it('are refused for a package without a licence', () => {
    assert.throws(
      () => licencesOf(['a'], { a: { packages: ['test/fixtures/host'] } }),
      /has no licence text/,
    );
  });

  it('name each package once', () => {
    const packages = ['node_modules/fzstd'];
    const licences = licencesOf(['a', 'b'], { a: { packages }, b: { packages } }, ['fzstd']);
    assert.equal(noticesText(licences).split('\nfzstd ').length, 2);
  });
});
