import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analyser, type Diagnostic } from '../../src/analysis/analyse.ts';
import { applyEdits } from '../../src/analysis/text-edit.ts';
import { TypeCheck } from './type-check.ts';

const ROOT = fileURLToPath(new URL('../fixtures/rules', import.meta.url));
const FOLDERS = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** `wrapper.ts` and `wrapper.lib.ts` are one program. */
const caseOf = (file: string): string => file.replace(/(\.lib)?\.\w+$/, '');

describe('quick fixes', () => {
  const types = new TypeCheck(path.join(ROOT, 'tsconfig.json'));
  let count = 0;

  for (const { name } of FOLDERS) {
    it(`for ${name} remove what they were offered for, bring nothing new, and leave code that type-checks`, async () => {
      count += await holdFixes(path.join(ROOT, name), types);
    });
  }

  it('are offered for many findings', () => assert.ok(count >= 30, `${count} fixes`));

  it('are held to the types of the package', () => {
    const file = path.join(ROOT, 'non-exported-worker-function/bad/alias.ts');
    const text = readFileSync(file, 'utf8');
    types.setText(file, `${text}\nimport { Pool as P } from 'manycore';\nnew P('two');\n`);
    assert.match(types.errors([file]).join(), /^alias\.ts:\d+ .*'string'/);
    types.setText(file, undefined);
  });
});

/** Applies every fix that is offered under a folder, one of each program at a time. Returns their number. */
async function holdFixes(folder: string, types: TypeCheck): Promise<number> {
  const analyser = new Analyser({ roots: [folder] });
  const all = await analyser.diagnoseAll();
  const key = (one: Diagnostic) => `${one.rule} ${one.message}`;
  const offers = all.flatMap((one) => one.fixes.map((fix) => ({ one, fix })));
  for (let round = offers; round.length > 0; ) {
    const now = [...new Map(round.map((offer) => [caseOf(offer.one.file), offer])).values()];
    round = round.filter((offer) => !now.includes(offer));
    const files = [...new Set(now.flatMap(({ fix }) => fix.edits.map((edit) => edit.file)))];
    assert.deepEqual(types.errors(files), [], 'as it is');
    for (const file of files) {
      const edits = now.flatMap(({ fix }) => fix.edits.filter((edit) => edit.file === file));
      const fixed = applyEdits(readFileSync(file, 'utf8'), edits);
      analyser.setOverlay(file, fixed);
      types.setText(file, fixed);
    }
    assert.deepEqual(types.errors(files), [], now.map(({ fix }) => fix.title).join());
    for (const { one, fix } of now) {
      const after = await analyser.diagnose(one.file);
      // Several findings may read the same: exactly one of them must be gone.
      const wanted = all.filter((other) => other.file === one.file && other !== one).map(key);
      assert.deepEqual(
        after.map(key).sort(),
        wanted.sort(),
        `${path.relative(ROOT, one.file)}: ${fix.title}`,
      );
    }
    for (const file of files) {
      analyser.setOverlay(file, null);
      types.setText(file, undefined);
    }
  }
  return offers.length;
}
