import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { Analyser, type Diagnostic } from '../../src/analysis/analyse.ts';

const ROOT = fileURLToPath(new URL('../fixtures/rules/', import.meta.url));
let all: Promise<readonly Diagnostic[]> | undefined;

/**
 * Holds the fixtures of a rule: in `bad/` exactly the lines marked with `// reported` are reported, hints of other rules left out, in
 * `good/` nothing is, by any rule. `// reported, error` tells the severity too. All fixtures are analysed together, once.
 */
export function holdFixtures(rule: string): void {
  const files = globSync(`${rule}/{bad,good}/*.{ts,mts,cts,js,cjs}`, { cwd: ROOT }).sort();
  it('has at least six faulty and six clean programs', () => {
    assert.ok(files.filter((file) => file.includes('/bad/') && !file.includes('.lib.')).length >= 6);
    assert.ok(files.filter((file) => file.includes('/good/') && !file.includes('.lib.')).length >= 6);
  });
  for (const file of files) {
    const isBad = file.includes('/bad/');
    it(`${isBad ? 'reports' : 'leaves alone'} ${path.basename(file)}`, async () => {
      all ??= new Analyser({ roots: [ROOT] }).diagnoseAll();
      const absolute = path.join(ROOT, file);
      const found = (await all).filter(
        (one) => one.file === absolute && !(isBad && one.severity === 'hint' && one.rule !== rule),
      );
      const marks = marksIn(absolute);
      assert.deepEqual(
        found.map((one) => `${one.line} ${one.rule}`),
        marks.map(({ line }) => `${line} ${rule}`),
        found.map((one) => one.message).join('\n'),
      );
      for (const [index, { line, severity }] of marks.entries())
        if (severity !== undefined) assert.equal(found[index]?.severity, severity, `line ${line}`);
    });
  }
}

interface Mark {
  readonly line: number;
  readonly severity: string | undefined;
}

function marksIn(file: string): Mark[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const mark = /\/\/ reported(?:, (error|warning|hint))?$/.exec(text);
      // A mark of its own line is for the line above, which ends with `{`: the formatter puts it there.
      if (mark === null) return [];
      const line = text.slice(0, mark.index).trim() === '' ? index : index + 1;
      return [{ line, severity: mark[1] }];
    });
}
